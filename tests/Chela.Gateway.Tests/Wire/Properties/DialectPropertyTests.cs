using System.Text;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;
using Chela.Gateway.Wire.Plain;
using Chela.Gateway.Wire.Session;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.Wire.Properties;

/// <summary>What holds for every frame of every dialect: nothing makes it fail, and what was written is read again as it was.</summary>
[Trait("Requirement", "W2")]
[Trait("Requirement", "W3")]
[Trait("Requirement", "W4")]
[Trait("Requirement", "W5")]
public sealed class DialectPropertyTests
{
    private static readonly Turn Turn = new(new InboundMessage("run-1", SessionKey.Main, "Hi", "webchat", "cli", 5));

    public static TheoryData<Dialect> Dialects => [Dialect.OpenClaw, Dialect.JsonRpc, Dialect.Plain, Dialect.Session];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Whatever_comes_is_a_call_or_is_refused_or_ignored_and_every_answer_to_it_is_JSON(Dialect name) =>
        Hold(AnyCall.Frames(name), 3000, frame =>
        {
            var dialect = Of(name);
            foreach (var call in dialect.Read(Encoding.UTF8.GetBytes(frame)).Calls.ToArray())
            {
                Assert.True(call.Error is not null || call.Method.Length > 0);
                Gateway.Rpc.Outcome outcome = call.Error is { } error ? error : Written.Json("{}");
                using var answer = JsonDocument.Parse(Written.Outcome(dialect, outcome, Encoding.UTF8.GetString(call.Id ?? "null"u8)));
                Assert.Equal(JsonValueKind.Object, answer.RootElement.ValueKind);
            }
        });

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_call_is_read_as_it_was_written(Dialect name) => Hold(AnyCall.In(name), 1000, call =>
    {
        var frame = Of(name).Read(Encoding.UTF8.GetBytes(call.FrameIn(name)));

        var read = Assert.Single(frame.Calls.ToArray());
        Assert.Null(read.Error);
        Assert.Equal(call, new AnyCall(Encoding.UTF8.GetString(read.Id!), read.Method, Encoding.UTF8.GetString(read.Parameters.Span)));
    });

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_result_is_read_as_it_was_written(Dialect name) => Hold(AnyJson.Value, 1000, value =>
    {
        var written = JsonElement.Parse(Written.Outcome(Of(name), Written.Json(value)));

        var place = name switch { Dialect.OpenClaw => "payload", Dialect.Session => null, _ => "result" };
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(value), place is null ? written : written.GetProperty(place)), $"{written}");
    });

    [Theory]
    [MemberData(nameof(Dialects))]
    public void An_error_is_read_as_it_was_written(Dialect name) => Hold(AnyJson.Text, 500, text =>
    {
        var message = AnyJson.Read(text);
        foreach (var kind in Enum.GetValues<RpcErrorKind>())
        {
            var written = JsonElement.Parse(Written.Outcome(Of(name), new RpcError(kind, message)));

            Assert.Equal(message, written.Text(name == Dialect.Session ? "Error/message" : "error/message"));
        }
    });

    [Theory]
    [MemberData(nameof(Dialects))]
    public void The_words_of_an_event_are_read_as_they_were_written(Dialect name) => Hold(AnyJson.Text, 500, text =>
    {
        var words = AnyJson.Read(text);

        var written = JsonElement.Parse(Written.Event(Of(name), new ChatDeltaEvent(Turn, 2, 0, words, 7), 9));

        Assert.Equal(words, written.Text(name switch
        {
            Dialect.OpenClaw => "payload/deltaText",
            Dialect.JsonRpc => "params/delta",
            Dialect.Plain => "data/deltaText",
            _ => "AgentToken/token",
        }));
    });

    /// <summary>The same seed gives the same cases; a failure is shown with its case.</summary>
    private static void Hold<T>(Gen<T> cases, int count, Action<T> holds) => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60).WithReplay(new Replay(new Rnd(20_261_125), null)),
        Prop.ForAll(cases.ToArbitrary(), holds));

    private static IWireDialect Of(Dialect name) => name switch
    {
        Dialect.OpenClaw => new OpenClawDialect(),
        Dialect.JsonRpc => new JsonRpcDialect(),
        Dialect.Plain => new PlainDialect(),
        _ => new SessionDialect(),
    };
}
