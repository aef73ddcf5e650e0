using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable beside an Ollama.</summary>
[Trait("Requirement", "G5")]
public sealed class OllamaTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_of_models_has_those_that_were_pulled()
    {
        await using var ollama = await FakeOllama.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path)
        {
            Environment = [("CHELA_MODELS__PROVIDERS__OLLAMA__BASEURL", ollama.Address + "/v1")],
        });
        await using var client = await gateway.OpenOpenClawAsync();

        var models = (await client.CallAsync("models.list", new() { ["provider"] = "ollama" })).List("payload/models");

        Assert.Equal(["llama3.2:latest", "qwen3:8b"], models.Select(model => model.Text("id")));
        Assert.All(models, model => Assert.Equal("true", model.Text("available")));
    }
}
