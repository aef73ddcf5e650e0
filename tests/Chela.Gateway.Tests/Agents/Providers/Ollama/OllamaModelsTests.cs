using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Ollama;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Agents.Providers.Ollama;

[Trait("Requirement", "G5")]
public sealed class OllamaModelsTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _http = ProviderHttp.CreateClient();
    private FakeOllama? _ollama;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FakeOllama Ollama => _ollama!; // made before the first test

    public async ValueTask InitializeAsync() => _ollama = await FakeOllama.StartAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        await Ollama.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Models_that_were_pulled_are_listed_after_those_of_the_configuration()
    {
        var catalog = Catalog(new ModelConfig { Id = "qwen3:8b", Name = "Qwen", ContextWindow = 8192 });

        var models = (await catalog.ListModelsAsync(Ct)).Where(model => model.Provider == "ollama").ToList();

        Assert.Equal(["qwen3:8b", "llama3.2:latest"], models.Select(model => model.Id));
        Assert.Equal(["Qwen", "llama3.2:latest"], models.Select(model => model.Name));
        Assert.Equal([8192, null], models.Select(model => model.ContextWindow));
        Assert.Equal("Bearer key-1", Ollama.Authorization);
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("")]
    public async Task Its_own_interface_is_found_beside_the_one_that_is_configured(string path)
    {
        Assert.Equal(["llama3.2:latest", "qwen3:8b"], await Models(path).NamesAsync(Ct));
    }

    [Fact]
    public async Task It_is_asked_again_after_a_while()
    {
        var models = Models();
        await models.NamesAsync(Ct);
        Ollama.Answer = (StatusCodes.Status200OK, FakeOllama.Tags("new"));

        _time.Advance(OllamaModels.Freshness - TimeSpan.FromTicks(1));
        Assert.Equal(["llama3.2:latest", "qwen3:8b"], await models.NamesAsync(Ct));
        Assert.Equal(1, Ollama.Requests);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["new"], await models.NamesAsync(Ct));
        Assert.Equal(2, Ollama.Requests);
    }

    [Fact]
    public async Task Those_who_want_to_know_at_the_same_time_share_one_request()
    {
        var gate = new TaskCompletionSource();
        Ollama.Gate = gate.Task;
        var models = Models();

        var both = Task.WhenAll(models.NamesAsync(Ct), models.NamesAsync(Ct));
        gate.SetResult();

        Assert.All(await both, names => Assert.Equal(2, names.Count));
        Assert.Equal(1, Ollama.Requests);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_not_waited_for()
    {
        Ollama.Gate = new TaskCompletionSource().Task;
        var catalog = Catalog(new ModelConfig { Id = "qwen3:8b" });

        var listing = catalog.ListModelsAsync(Ct);
        using var patience = Patience.Begin();
        await Ollama.Asked.WaitAsync(patience.Token);
        Assert.False(listing.IsCompleted);
        _time.Advance(OllamaModels.Patience);

        Assert.Equal(["qwen3:8b"], (await listing.WaitAsync(patience.Token)).Where(model => model.Provider == "ollama").Select(model => model.Id));
    }

    [Fact]
    public async Task A_caller_who_has_gone_does_not_take_the_answer_from_the_others()
    {
        var gate = new TaskCompletionSource();
        Ollama.Gate = gate.Task;
        var models = Models();
        using var gone = new CancellationTokenSource();

        var first = models.NamesAsync(gone.Token);
        var second = models.NamesAsync(Ct);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal(2, (await second).Count);
    }

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(302, "{}")]
    [InlineData(200, "<html>Not what you think</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "[]")]
    [InlineData(200, "null")]
    [InlineData(200, """{"models":null}""")]
    [InlineData(200, """{"models":[null,{},{"name":null},{"name":""},{"name":"a b"},{"name":"a\u0007"}]}""")]
    [InlineData(200, """{"models":[{"name":7}]}""")]
    [InlineData(200, """{"models":[{"name":"cut""")]
    public async Task Whatever_else_it_answers_nothing_is_listed(int status, string body)
    {
        Ollama.Answer = (status, body);

        Assert.Empty(await Models().NamesAsync(Ct));
    }

    [Fact]
    public async Task A_list_without_end_is_not_read()
    {
        Ollama.Answer = (StatusCodes.Status200OK, FakeOllama.Tags("small") + new string(' ', OllamaModels.LongestAnswer));

        Assert.Empty(await Models().NamesAsync(Ct));
    }

    [Fact]
    public async Task A_long_list_is_cut_and_no_name_comes_twice()
    {
        var names = Enumerable.Range(0, OllamaModels.MostModels + 1).Select(number => $"m{number}").Prepend("m0");
        Ollama.Answer = (StatusCodes.Status200OK, $$"""{"models":[{{string.Join(',', names.Select(name => $$"""{"name":"{{name}}"}"""))}}]}""");

        var listed = await Models().NamesAsync(Ct);

        Assert.Equal(OllamaModels.MostModels, listed.Count);
        Assert.Distinct(listed);
    }

    [Fact]
    public async Task One_that_does_not_run_leaves_the_list_as_it_is_configured()
    {
        await Ollama.DisposeAsync();

        Assert.Empty(await Models().NamesAsync(Ct));
    }

    private OllamaModels Models(string path = "/v1")
    {
        var settings = new ProviderSettings("ollama", ProviderApi.OpenAiCompletions, new Uri(Ollama.Address + path)) { KeyName = "", AddressName = "" };
        return new OllamaModels(settings, _time, new Lazy<HttpClient>(_http));
    }

    private ProviderCatalog Catalog(params ModelConfig[] models)
    {
        var provider = new ModelProviderConfig { BaseUrl = Ollama.Address, ApiKey = "key-1", Models = models };
        var config = new ChelaConfig { Models = new ModelsConfig { Providers = new Dictionary<string, ModelProviderConfig> { ["ollama"] = provider } } };
        return new ProviderCatalog(TestModels.Read(config), _time, () => _http);
    }
}
