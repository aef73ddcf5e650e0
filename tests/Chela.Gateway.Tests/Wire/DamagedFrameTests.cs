using System.Text;
using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Wire;

/// <summary>Whatever a client sends, reading it ends in calls, in an error to answer, or in nothing.</summary>
[Trait("Requirement", "W2")]
[Trait("Requirement", "W5")]
public sealed class DamagedFrameTests
{
    private const int Rounds = 4000;

    private static readonly string[] Requests =
    [
        """{"type":"req","id":"r1","method":"health"}""",
        """{"type":"req","id":"r\u0031\"","method":"chat.send","params":{"sessionKey":"main","message":"Hé 😀\n","idempotencyKey":"k"}}""",
        """{"type":"req","id":"3","method":"m","params":null,"traceparent":"00-4bf9-00f0-01","expectedProfileId":"p"}""",
        """{ "params" : [1, 2.5e3, true, null, {"a":{"b":[]}}], "method" : "m", "id" : "x", "type" : "req" }""",
        """{"type":"event","event":"foo"}""",
    ];

    private static readonly string[] Calls =
    [
        """{"jsonrpc":"2.0","id":1,"method":"health"}""",
        """{"jsonrpc":"2.0","id":"a\u00e9","method":"chat.send","params":{"text":"Hé 😀\n","sessionKey":"x"}}""",
        """{"jsonrpc":"2.0","method":"notify","params":{"a":{"b":[1,2.5e3,true,null]}}}""",
        """[{"jsonrpc":"2.0","id":null,"method":"a"},{"jsonrpc":"2.0","method":"b"},1,{"jsonrpc":"2.0","id":-1.5,"method":"c","params":[]}]""",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20_260_224)]
    public void A_damaged_OpenClaw_frame_is_a_call_or_is_refused_or_ignored(int seed) =>
        ReadAll(new OpenClawDialect(), new RandomFrames(seed, Requests));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20_260_224)]
    public void A_damaged_JSON_RPC_frame_is_a_call_or_is_refused(int seed) =>
        ReadAll(new JsonRpcDialect(), new RandomFrames(seed, Calls));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_id_of_any_characters_comes_back_byte_for_byte(int seed)
    {
        var random = new Random(seed);

        for (var round = 0; round < Rounds; round++)
        {
            var id = RandomText(random);
            var openClaw = new OpenClawDialect().Read(Encoding.UTF8.GetBytes($$"""{"type":"req","id":{{id}},"method":"m"}"""));
            var jsonRpc = new JsonRpcDialect().Read(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id}},"method":"m"}"""));

            AssertEchoed(id, new OpenClawDialect(), openClaw);
            AssertEchoed(id, new JsonRpcDialect(), jsonRpc);
        }
    }

    private static void ReadAll(IWireDialect dialect, RandomFrames frames)
    {
        var (calls, refused, ignored) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = frames.Next();
            var frame = dialect.Read(bytes);
            foreach (var call in frame.Calls.Span)
            {
                AssertWhole(dialect, call, bytes);
                _ = call.Error is null ? calls++ : refused++;
            }

            ignored += frame.Calls.IsEmpty ? 1 : 0;
        }

        Assert.True(calls > Rounds / 20 && refused > Rounds / 20, $"{calls} calls, {refused} refused, {ignored} ignored: the frames test little");
        Assert.True(dialect.Name == Dialect.OpenClaw || ignored == 0, "JSON-RPC answers every frame that is no notification");
    }

    private static void AssertWhole(IWireDialect dialect, in WireCall call, byte[] frame)
    {
        if (call.Error is null)
        {
            Assert.NotEmpty(call.Method);
            if (!call.Parameters.IsEmpty)
            {
                using var parameters = JsonDocument.Parse(call.Parameters);
                Assert.True(frame.AsSpan().IndexOf(call.Parameters.Span) >= 0);
            }
        }

        if (call.Id is { } id)
        {
            var answer = Written.Outcome(dialect, call.Error is { } error ? error : (Outcome)Written.Json("{}"), Encoding.UTF8.GetString(id));
            using var parsed = JsonDocument.Parse(answer);
            Assert.Equal(id, Encoding.UTF8.GetBytes(parsed.RootElement.GetProperty("id").GetRawText()));
        }
    }

    private static void AssertEchoed(string id, IWireDialect dialect, WireFrame frame)
    {
        var call = Assert.Single(frame.Calls.ToArray());
        Assert.Null(call.Error);
        var answer = Written.Outcome(dialect, Written.Json("{}"), Encoding.UTF8.GetString(call.Id!));
        Assert.Contains($"\"id\":{id}", answer, StringComparison.Ordinal);
    }

    /// <summary>A JSON string of one to thirty characters, some of them escaped, half surrogates among them.</summary>
    private static string RandomText(Random random)
    {
        var text = new StringBuilder("\"");
        for (var length = random.Next(1, 30); length > 0; length--)
        {
            text.Append(random.Next(5) switch
            {
                0 => $"\\u{random.Next(0x10000):x4}",
                1 => "\\\"",
                2 => char.ConvertFromUtf32(random.Next(0x10000, 0x110000)),
                3 => char.ConvertFromUtf32(random.Next(0xa0, 0xd800)),
                _ => (char)random.Next('a', 'z'),
            });
        }

        return text.Append('"').ToString();
    }
}
