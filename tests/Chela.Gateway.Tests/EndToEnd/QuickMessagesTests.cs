using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What a person says in several messages of a channel, through the real executable. The gateway holds them for as long as it may.</summary>
[Trait("Requirement", "B1")]
[Trait("Requirement", "C2")]
public sealed class QuickMessagesTests : IAsyncLifetime
{
    private const int LongEnough = 60_000;

    private readonly TempFolder _folder = new();
    private FakeWebhook _program = null!;
    private GatewayStart _start = null!;

    public async ValueTask InitializeAsync()
    {
        _program = await FakeWebhook.StartAsync();
        _start = _program.StartIn(_folder, debounceMs: LongEnough);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task They_are_acknowledged_one_by_one_and_answered_together_at_the_latest_when_the_gateway_stops()
    {
        await using (var gateway = await GatewayProcess.StartAsync(_start))
        {
            await SayAsync(gateway, "one", "two", "three");
            Assert.Empty(_program.Posts);
            await gateway.TerminateAsync();
        }

        await using var next = await GatewayProcess.StartAsync(_start); // at the latest it brings the answer
        await _program.CountAsync(1);
        var post = Assert.Single(_program.Posts);
        Assert.Equal("webhook:desk:three", post.RunId);
        Assert.Equal(["user: say one", "user: say two", "user: say three", $"assistant (stop): {post.Text}"], await LinesAsync(next));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Killed_while_it_holds_them_the_gateway_loses_none_and_takes_none_twice()
    {
        await using (var gateway = await GatewayProcess.StartAsync(_start))
        {
            await SayAsync(gateway, "one", "two");
            gateway.Kill();
            await gateway.EndAsync();
        }

        await using var next = await GatewayProcess.StartAsync(_start);
        await _program.WhenAsync(posts => posts.Select(post => post.RunId).Distinct().Count() == 2);
        var (status, answer) = await _program.SendAsync(next, "two", "say two");

        Assert.Equal((200, "duplicate"), (status, answer.Text("status")));
        Assert.All(_program.Posts, post => Assert.Contains("The gateway stopped", post.Text, StringComparison.Ordinal));
        Assert.Equal(["user: say one", "user: say two"], (await LinesAsync(next)).Where(line => line[0] == 'u').Order(StringComparer.Ordinal));
    }

    private async Task SayAsync(GatewayProcess gateway, params string[] ids)
    {
        foreach (var id in ids)
        {
            var (status, answer) = await _program.SendAsync(gateway, id, $"say {id}");
            Assert.Equal((200, "accepted"), (status, answer.Text("status")));
        }
    }

    private static async Task<IReadOnlyList<string>> LinesAsync(GatewayProcess gateway)
    {
        await using var client = await gateway.OpenOpenClawAsync();
        return [.. (await client.HistoryAsync("webhook:desk:direct:anna")).Select(OpenClawWire.Line)];
    }
}
