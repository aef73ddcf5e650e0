using Chela.Gateway.Agents.Providers;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class ProviderSettingsTests
{
    [Fact]
    public void Settings_come_from_three_variables_and_blank_is_absent()
    {
        var variables = new Dictionary<string, string?>
        {
            ["OPENAI_API_KEY"] = " sk-1\n",
            ["OPENAI_BASE_URL"] = "  ",
            ["CHELA_MODEL"] = "gpt-4.1",
        };

        var settings = ProviderSettings.FromEnvironment(variables.GetValueOrDefault);

        Assert.Equal(new ProviderSettings { OpenAiApiKey = "sk-1", Model = "gpt-4.1" }, settings);
    }

    [Fact]
    public void Printing_the_settings_never_prints_the_key()
    {
        var settings = new ProviderSettings { OpenAiApiKey = "sk-canary", OpenAiBaseUrl = "http://u:p@host/" };

        Assert.DoesNotContain("canary", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("u:p", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk-1", null, 0)]
    [InlineData("sk-1\r\nX-Evil: 1", null, 1)]
    [InlineData("sk-ключ", null, 1)]
    [InlineData(null, "http://localhost:11434", 0)]
    [InlineData(null, "localhost:11434", 1)]
    [InlineData(null, "ftp://host/v1", 1)]
    [InlineData(null, "https://user:pass@host/v1", 1)]
    [InlineData(null, "https://host/v1?key=1", 1)]
    [InlineData("bad key", "/v1", 2)]
    public void Problems_are_collected_and_name_no_value(string? key, string? url, int count)
    {
        var problems = new ProviderSettings { OpenAiApiKey = key, OpenAiBaseUrl = url }.Problems();

        Assert.Equal(count, problems.Count);
        Assert.All(problems, problem => Assert.DoesNotContain("pass", problem, StringComparison.Ordinal));
    }
}
