using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Sessions;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;

namespace Chela.Gateway.Tests.Wire.JsonRpc;

[Trait("Requirement", "W2")]
public sealed class AnswerFrameTests
{
    private static readonly JsonRpcDialect JsonRpc = new();

    private static readonly Turn Turn = new(new InboundMessage("run-1", SessionKey.Main, "Hi", "webchat", "cli", 5));

    [Theory]
    [InlineData("1")]
    [InlineData("1.50")]
    [InlineData("null")]
    [InlineData("\"é\\u0031\"")]
    public void A_result_comes_back_under_its_id(string id) => Assert.Equal(
        $$"""{"jsonrpc":"2.0","result":{"a":"é<&>"},"id":{{id}}}""",
        Written.Outcome(JsonRpc, Written.Json("""{"a":"é<&>"}"""), id));

    [Theory]
    [InlineData(RpcErrorKind.Parse, -32700)]
    [InlineData(RpcErrorKind.InvalidRequest, -32600)]
    [InlineData(RpcErrorKind.UnknownMethod, -32601)]
    [InlineData(RpcErrorKind.InvalidParams, -32602)]
    [InlineData(RpcErrorKind.Internal, -32603)]
    [InlineData(RpcErrorKind.Unauthenticated, -32001)]
    [InlineData(RpcErrorKind.Forbidden, -32003)]
    [InlineData(RpcErrorKind.NotFound, -32004)]
    [InlineData(RpcErrorKind.Timeout, -32008)]
    [InlineData(RpcErrorKind.Conflict, -32009)]
    [InlineData(RpcErrorKind.TooMany, -32029)]
    [InlineData(RpcErrorKind.Unavailable, -32050)]
    public void Every_error_has_its_code(RpcErrorKind kind, int code) => Assert.Equal(
        $$"""{"jsonrpc":"2.0","error":{"code":{{code}},"message":"It \"failed\"."},"id":1}""",
        Written.Outcome(JsonRpc, new RpcError(kind, "It \"failed\"."), "1"));

    [Fact]
    public void No_two_kinds_of_error_share_a_code()
    {
        var frames = Enum.GetValues<RpcErrorKind>().Select(kind => Written.Outcome(JsonRpc, new RpcError(kind, "")));

        Assert.Equal(Enum.GetValues<RpcErrorKind>().Length, frames.Distinct().Count());
    }

    [Theory]
    [InlineData("""{"code":"X"}""", null, """{"details":{"code":"X"}}""")]
    [InlineData(null, 500, """{"retryAfterMs":500}""")]
    [InlineData("""{"code":"X"}""", 0, """{"details":{"code":"X"},"retryAfterMs":0}""")]
    public void What_programs_need_of_an_error_is_in_its_data(string? details, int? wait, string data)
    {
        var error = new RpcError(RpcErrorKind.TooMany, "Later.") { Details = details is null ? null : JsonElement.Parse(details), RetryAfterMs = wait };

        Assert.Equal(
            $$"""{"jsonrpc":"2.0","error":{"code":-32029,"message":"Later.","data":{{data}}},"id":1}""",
            Written.Outcome(JsonRpc, error, "1"));
    }

    [Fact]
    public void An_event_is_a_notification_with_its_number_among_the_parameters() => Assert.Equal(
        """{"jsonrpc":"2.0","method":"event","params":{"type":"chat.delta","message_id":"run-1","session_key":"agent:main:main","delta":"there","seq":9}}""",
        Written.Event(JsonRpc, new ChatDeltaEvent(Turn, 2, 6, "Hello there", 7), 9));

    [Fact]
    public void The_end_of_a_run_is_named_for_how_it_ended()
    {
        var ends = Enum.GetValues<TurnStatus>()
            .Select(status => new ChatEndEvent(Turn, 3, new TurnResult(status, "Hello", null, null, 1_767_225_600_000), null))
            .Select(end => Written.Event(JsonRpc, end, 1))
            .ToList();

        const string Rest = "\"message_id\":\"run-1\",\"session_key\":\"agent:main:main\",\"text\":\"Hello\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"";
        Assert.Equal(
            ["chat.done", "chat.aborted", "chat.error", "chat.error"],
            ends.Select(end => JsonElement.Parse(end).GetProperty("params").GetProperty("type").GetString()));
        Assert.All(ends, end => Assert.Contains(Rest, end, StringComparison.Ordinal));
    }

    [Fact]
    public void The_end_says_what_it_cost_and_what_went_wrong()
    {
        var result = new TurnResult(TurnStatus.Failed, "", new TokenUsage(1, 2, 3), "No.", 1_767_225_600_000);

        var frame = Written.Event(JsonRpc, new ChatEndEvent(Turn, 3, result, "timeout"), 1);

        Assert.Equal(
            """{"jsonrpc":"2.0","method":"event","params":{"type":"chat.error","message_id":"run-1","session_key":"agent:main:main","text":"","error":"No.","timestamp":"2026-01-01T00:00:00.000Z","usage":{"input":1,"output":2,"total_tokens":3},"seq":1}}""",
            frame);
    }

    [Fact]
    public void The_gateways_goodbye_has_a_name_of_its_own() => Assert.Equal(
        """{"jsonrpc":"2.0","method":"event","params":{"type":"gateway_closing","reason":"gateway stopping","restartExpectedMs":5000,"seq":1}}""",
        Written.Event(JsonRpc, new ShutdownEvent("gateway stopping", 5000), 1));

    [Fact]
    public void Signs_of_life_and_an_agents_own_events_are_not_told()
    {
        Assert.Null(JsonRpc.Encode(new TickEvent(1)));
        Assert.Null(JsonRpc.Encode(new AgentStartEvent(Turn, 1, 7)));
    }

    [Theory]
    [InlineData(nameof(CloseCause.TooLarge), 1009, "message too large")]
    [InlineData(nameof(CloseCause.InvalidText), 1007, "invalid UTF-8")]
    [InlineData(nameof(CloseCause.Unreadable), 1008, "unreadable")]
    [InlineData(nameof(CloseCause.HandshakeTimeout), 1008, "authentication timeout")]
    [InlineData(nameof(CloseCause.SlowConsumer), 1008, "slow consumer")]
    [InlineData(nameof(CloseCause.Stopping), 1001, "gateway closing")]
    [InlineData(nameof(CloseCause.Goodbye), 1000, "")]
    public void Every_end_has_its_code(string cause, int code, string reason) =>
        Assert.Equal(new WireClose(code, reason), JsonRpc.CloseFor(Enum.Parse<CloseCause>(cause)));
}
