using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Tests.Wire.Properties;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>
/// Random frames, one after the other, on sockets of the real executable: each conversation still gets an answer to a last call, or a
/// close with a documented code; and whoever comes next is answered.
/// </summary>
[Trait("Requirement", "W8")]
[Trait("Requirement", "W9")]
public sealed class RandomConversationTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int Conversations = 30;

    private static readonly int[] DocumentedCloses = [1000, 1002, 1007, 1008, 1009];

    private static readonly byte[] NotText = [(byte)'"', 0xC3, 0x28, (byte)'"'];

    [Theory]
    [InlineData(Dialect.OpenClaw, true)]
    [InlineData(Dialect.OpenClaw, false)]
    [InlineData(Dialect.JsonRpc, true)]
    [InlineData(Dialect.JsonRpc, false)]
    [InlineData(Dialect.Plain, true)]
    [InlineData(Dialect.Session, true)]
    public async Task Random_frames_end_in_an_answer_or_in_a_documented_close(Dialect dialect, bool isLoggedIn)
    {
        var frames = Gen.Frequency(
            (12, AnyCall.Frames(dialect).Select(Encoding.UTF8.GetBytes)),
            (1, Gen.Constant(NotText)));
        var conversations = frames.ListOf(6).Sample(Conversations, new Rnd(20_261_125, 1), 40);
        var answered = 0;

        foreach (var conversation in conversations)
        {
            await using var client = await OpenAsync(dialect, isLoggedIn);
            var close = await TalkAsync(client, dialect, isLoggedIn, conversation);
            answered += close is null ? 1 : 0;
            Assert.True(close is null || DocumentedCloses.Contains(close.Value), $"closed with {close} after:\n{Shown(conversation)}");
        }

        Assert.True(answered > 0 || !isLoggedIn, "no conversation was answered");
        await fixture.Gateway.AssertAliveAsync();
    }

    /// <summary>Says all frames and calls once more; gives the code of the close, or null when the call was answered.</summary>
    private async Task<int?> TalkAsync(WireClient client, Dialect dialect, bool isLoggedIn, IEnumerable<byte[]> frames)
    {
        try
        {
            foreach (var frame in frames)
            {
                await client.SendAsync(frame, WebSocketMessageType.Text);
            }

            await client.SendAsync(LastCall(dialect, isLoggedIn));
        }
        catch (WebSocketException)
        {
            // Closed in the middle; the goodbye says why.
        }

        return await client.AnswerOrCloseAsync(frame => IsLastAnswer(dialect, frame));
    }

    private async Task<WireClient> OpenAsync(Dialect dialect, bool isLoggedIn) => (dialect, isLoggedIn) switch
    {
        (Dialect.OpenClaw, true) => await fixture.Gateway.OpenOpenClawAsync(),
        (Dialect.OpenClaw, false) => await fixture.Gateway.OpenSilentOpenClawAsync(),
        (Dialect.JsonRpc, true) => await fixture.Gateway.OpenJsonRpcAsync(),
        (Dialect.JsonRpc, false) => await fixture.Gateway.OpenSilentJsonRpcAsync(),
        (Dialect.Plain, _) => await WireClient.OpenAsync(fixture.Gateway.Url + "/plain", Bearer),
        _ => await WireClient.OpenAsync(fixture.Gateway.Url + "/session", Bearer),
    };

    private (string, string) Bearer => ("Authorization", $"Bearer {fixture.Gateway.Token}");

    private string LastCall(Dialect dialect, bool isLoggedIn) => dialect switch
    {
        Dialect.OpenClaw when isLoggedIn => OpenClawWire.Request("~last", "health"),
        Dialect.OpenClaw => OpenClawWire.Request("~last", "connect", OpenClawWire.ConnectParams(fixture.Gateway.Token)),
        Dialect.JsonRpc => JsonRpcWire.Call("~last", "health"),
        Dialect.Plain => """{"id":"~last","method":"health"}""",
        _ => """{"Ping":{"timestamp":424242424242}}""",
    };

    private static bool IsLastAnswer(Dialect dialect, JsonElement frame) => dialect == Dialect.Session
        ? frame.Text("Pong/timestamp") == "424242424242"
        : frame.Find("id")?.GetRawText() == "\"~last\"";

    private static string Shown(IEnumerable<byte[]> frames) => string.Join('\n', frames.Select(Encoding.UTF8.GetString));
}
