using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

/// <summary>A real client and the fake server it talks to, over a real connection.</summary>
internal sealed class OpenAiTrial : IAsyncDisposable
{
    /// <summary>The key of every trial; it must turn up nowhere but in the request's header.</summary>
    public const string Key = "sk-canary-0123456789";

    private readonly HttpClient _http = ProviderHttp.CreateClient();

    private OpenAiTrial(FakeOpenAi server, string? key, string path, string? api)
    {
        Server = server;
        var settings = TestModels.OpenAi(key, server.Address + path, "fake-1", api);
        Client = new ProviderCatalog(settings, TimeProvider.System, () => _http).Resolve(null).Client;
    }

    public FakeOpenAi Server { get; }

    public IChatClient Client { get; }

    public static async Task<OpenAiTrial> StartAsync(string? key = Key, string path = "/v1", string? api = null) =>
        new(await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken), key, path, api);

    /// <summary>Asks and keeps every update that arrived before the end or the failure.</summary>
    public async Task<(List<ChatResponseUpdate> Updates, ProviderException? Failure)> StreamAsync(string text = "Hi")
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in Client.GetStreamingResponseAsync(text, cancellationToken: TestContext.Current.CancellationToken))
            {
                updates.Add(update);
            }
        }
        catch (ProviderException failure)
        {
            return (updates, failure);
        }

        return (updates, null);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
