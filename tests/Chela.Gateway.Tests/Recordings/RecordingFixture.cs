using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>One gateway with the sessions that the recorded one had when the recordings began.</summary>
public sealed class RecordingFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>The methods that the gateway says it has.</summary>
    internal IReadOnlySet<string> Methods { get; private set; } = new HashSet<string>();

    public async ValueTask InitializeAsync()
    {
        Gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        await using var client = await Gateway.OpenOpenClawAsync();
        var hello = System.Text.Json.JsonElement.Parse(client.Heard[1]);
        Methods = hello.List("payload/features/methods").Select(method => method.GetString()!).Append("connect").ToHashSet();
        foreach (var session in new[] { "main", "abort", "busy" })
        {
            await client.SendChatAsync(session, $"before-{session}", "Say something.");
            await client.ChatEndAsync($"before-{session}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _folder.Dispose();
    }
}
