using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What a client missed while it was cut off, in each dialect that has calls.</summary>
[Trait("Requirement", "W7")]
[Trait("Requirement", "B4")]
public sealed class ResumeInDialectsTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private GatewayProcess Gateway => fixture.Gateway;

    [Theory]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    public async Task Words_said_while_the_client_was_away_follow_once_it_is_back(string path)
    {
        var session = path[1..];
        await using var first = await OpenAsync(path);
        var live = await CallAsync(first, path, "events.resume", "{}");
        await CallAsync(first, path, "session.attach", $$"""{"key":"{{session}}"}""");
        first.Abort();
        await using var speaker = await Gateway.OpenOpenClawAsync();
        await speaker.SendChatAsync(session, $"{session}-1", "Said meanwhile");
        await speaker.ChatEndAsync($"{session}-1");

        await using var second = await OpenAsync(path);
        var resumed = await CallAsync(second, path, "events.resume", $$"""{"epoch":"{{live.Text("epoch")}}","seq":{{live.Text("seq")}}}""");
        var end = await second.ReceiveAsync(frame => IsEnd(frame, path));
        var numbers = second.Heard.Select(text => NumberIn(text, path)).OfType<long>().ToList();

        Assert.Equal(("live", "resumed"), (live.Text("status"), resumed.Text("status")));
        Assert.Contains("Said meanwhile", end.ToString(), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => resumed.GetProperty("seq").GetInt64() + number), numbers);
    }

    [Theory]
    [InlineData("/rpc")]
    [InlineData("/plain")]
    [InlineData("/")]
    public async Task A_client_whose_events_are_lost_is_told_how_things_are(string path)
    {
        await using var client = await OpenAsync(path);

        var reset = await CallAsync(client, path, "events.resume", """{"epoch":"of-another-life","seq":17}""");

        Assert.Equal(("reset", "unknown-epoch"), (reset.Text("status"), reset.Text("reason")));
        Assert.NotEqual("of-another-life", reset.Text("epoch"));
        Assert.NotEmpty(reset.List("snapshot/presence"));
        Assert.NotNull(reset.Text("snapshot/stateVersion/health"));
    }

    private Task<WireClient> OpenAsync(string path) => path == "/"
        ? Gateway.OpenOpenClawAsync()
        : WireClient.OpenAsync(Gateway.Url + path, ("Authorization", $"Bearer {Gateway.Token}"));

    private static async Task<JsonElement> CallAsync(WireClient client, string path, string method, string parameters)
    {
        var id = client.NextId();
        var (extra, result) = path switch
        {
            "/rpc" => ("\"jsonrpc\":\"2.0\",", "result"),
            "/plain" => ("", "result"),
            _ => ("\"type\":\"req\",", "payload"),
        };
        await client.SendAsync($$"""{{{extra}}"id":"{{id}}","method":"{{method}}","params":{{parameters}}}""");
        return (await client.ReceiveAsync(frame => frame.Text("id") == id)).GetProperty(result);
    }

    private static bool IsEnd(JsonElement frame, string path) =>
        (path == "/rpc" ? frame.Text("params/type") : frame.Text("event")) == "chat.done";

    private static long? NumberIn(string text, string path)
    {
        var frame = JsonElement.Parse(text);
        return (path == "/rpc" ? frame.Find("params/seq") : frame.Find("seq"))?.GetInt64();
    }
}
