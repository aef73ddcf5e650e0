using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Lessons;

/// <summary>A gateway once took the first frame of another protocol for something that its user had said to the model.</summary>
[Trait("Requirement", "W9")]
public sealed class ForeignFrameTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string OpenClaw = """{"type":"req","id":"1","method":"chat.send","params":{"sessionKey":"main","message":"x","idempotencyKey":"k"}}""";
    private const string JsonRpc = """{"jsonrpc":"2.0","id":1,"method":"chat.send","params":{"text":"x"}}""";
    private const string Plain = """{"id":1,"method":"chat.send","params":{"text":"x"}}""";
    private const string Session = """{"Chat":{"content":"x","session_id":"main"}}""";

    [Theory]
    [InlineData("/", JsonRpc, Plain, Session)]
    [InlineData("/rpc", OpenClaw, Plain, Session)]
    [InlineData("/plain", OpenClaw, Session, "\"x\"")]
    [InlineData("/session", OpenClaw, JsonRpc, Plain)]
    public async Task A_frame_of_another_dialect_runs_nothing(string path, params string[] frames)
    {
        await using var watcher = await fixture.Gateway.OpenOpenClawAsync();
        await using var client = path == "/"
            ? await fixture.Gateway.OpenOpenClawAsync()
            : await WireClient.OpenAsync(fixture.Gateway.Url + path, ("Authorization", $"Bearer {fixture.Gateway.Token}"));

        foreach (var frame in frames)
        {
            await client.SendAsync(frame);
            var answer = await client.ReceiveAsync(received => received.Find("error") is not null || received.Find("Error") is not null);
            Assert.DoesNotContain("runId", answer.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty((await watcher.CallAsync("sessions.list")).List("payload/sessions"));
    }
}
