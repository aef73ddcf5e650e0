using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Echo;
using Chela.Gateway.Agents.Providers.OpenAi;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class ProviderCatalogTests
{
    [Theory]
    [InlineData(null, null, null, "echo/echo")]
    [InlineData(null, null, "gpt-4.1", "echo/echo")]
    [InlineData("sk-1", null, null, "openai/gpt-5-mini")]
    [InlineData(null, "http://localhost:11434", null, "openai/gpt-5-mini")]
    [InlineData("sk-1", null, "gpt-4.1", "openai/gpt-4.1")]
    [InlineData("sk-1", null, "openai/gpt-4.1", "openai/gpt-4.1")]
    [InlineData("sk-1", null, "OpenAI/gpt-4.1", "openai/gpt-4.1")]
    [InlineData("sk-1", null, "openai/meta-llama/llama-3", "openai/meta-llama/llama-3")]
    [InlineData("sk-1", null, "meta-llama/llama-3", "openai/meta-llama/llama-3")]
    [InlineData("sk-1", null, "echo/echo", "echo/echo")]
    public void Settings_decide_the_default_model(string? key, string? url, string? model, string expected)
    {
        var catalog = Create(key, url, model);

        Assert.Equal(expected, catalog.Default.ToString());
        Assert.Equal(expected, catalog.Resolve(null).Ref.ToString());
        Assert.Equal(expected, catalog.Resolve(" ").Ref.ToString());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("echo/echo", null)]
    [InlineData("gpt-4.1", "CHELA_MODEL (agents.defaults.model) is ignored")]
    public void A_model_without_a_provider_to_run_it_is_warned_about(string? model, string? expected)
    {
        var catalog = Create(null, null, model);

        Assert.Equal(expected is not null, catalog.Warning?.StartsWith(expected ?? "", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("gpt-4.1", "openai/gpt-4.1")]
    [InlineData("openai/gpt-4.1", "openai/gpt-4.1")]
    [InlineData("openai/meta-llama/llama-3", "openai/meta-llama/llama-3")]
    [InlineData("echo/echo", "echo/echo")]
    [InlineData("my-org/my-model", "openai/my-org/my-model")]
    public void A_name_finds_provider_and_model(string name, string expected)
    {
        var resolved = Create("sk-1", null, "my-org/my-model").Resolve(name);

        Assert.Equal(expected, resolved.Ref.ToString());
        Assert.Equal(resolved.Ref.Provider == "echo" ? typeof(EchoChatClient) : typeof(OpenAiChatClient), resolved.Client.GetType());
    }

    [Theory]
    [InlineData("mistral/large", "There is no model provider \"mistral\"; configured: echo, openai.")]
    [InlineData("openai/", "The name of a model is missing after \"openai/\".")]
    [InlineData("echo/loud", "The echo provider has only the model echo/echo; other models need a provider in models.providers, or a variable such as OPENAI_API_KEY.")]
    [InlineData("a\u0007b", "The name of the model is longer than 256 characters or contains control characters.")]
    public void A_name_that_cannot_be_used_is_refused_with_the_reason(string name, string expected)
    {
        var refusal = Assert.Throws<ProviderException>(() => Create("sk-1", null, null).Resolve(name));

        Assert.Equal(ProviderErrorKind.NotFound, refusal.Error.Kind);
        Assert.Equal(expected, refusal.Error.Message);
    }

    [Fact]
    public void An_unconfigured_provider_is_not_known()
    {
        var refusal = Assert.Throws<ProviderException>(() => Create(null, null, null).Resolve("openai/gpt-4.1"));

        Assert.Equal("There is no model provider \"openai\"; configured: echo.", refusal.Message);
    }

    [Fact]
    public async Task The_list_holds_what_is_configured_with_the_default_first()
    {
        Assert.Equal(["echo/echo"], await ListAsync(Create(null, null, null)));
        Assert.Equal(["openai/gpt-4.1", "echo/echo", "openai/gpt-5-mini"], await ListAsync(Create("sk-1", null, "gpt-4.1")));
        Assert.Equal(["echo/echo", "openai/gpt-5-mini"], await ListAsync(Create("sk-1", null, "echo/echo")));
    }

    [Fact]
    public async Task The_http_client_is_asked_for_once_and_not_before_it_is_needed()
    {
        var asked = 0;
        using var http = ProviderHttp.CreateClient();
        var catalog = new ProviderCatalog(TestModels.OpenAi("sk-1"), TimeProvider.System, () =>
        {
            asked++;
            return http;
        });

        await ListAsync(catalog);
        catalog.Resolve("echo/echo");
        Assert.Equal(0, asked);

        catalog.Resolve(null);
        catalog.Resolve("gpt-4.1");
        Assert.Equal(1, asked);
    }

    private static async Task<IEnumerable<string>> ListAsync(ProviderCatalog catalog) =>
        (await catalog.ListModelsAsync(TestContext.Current.CancellationToken)).Select(model => $"{model.Provider}/{model.Id}");

    private static ProviderCatalog Create(string? key, string? url, string? model) => new(
        TestModels.OpenAi(key, url, model), TimeProvider.System, ProviderHttp.CreateClient);
}
