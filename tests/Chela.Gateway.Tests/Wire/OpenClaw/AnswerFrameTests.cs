using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Sessions;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Wire.OpenClaw;

[Trait("Requirement", "W5")]
public sealed class AnswerFrameTests
{
    private static readonly OpenClawDialect OpenClaw = new();

    private static readonly Turn Turn = new(new InboundMessage("run-1", SessionKey.Main, "Hi", "webchat", "cli", 5));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"a":[1,2.50,"é<&>"],"b":null}""")]
    public void A_result_is_the_payload(string payload) =>
        Assert.Equal($$"""{"type":"res","id":"1","ok":true,"payload":{{payload}}}""", Written.Outcome(OpenClaw, Written.Json(payload)));

    [Theory]
    [InlineData("\"é\\u0031\"")]
    [InlineData("5")]
    [InlineData("5.50e1")]
    public void The_id_comes_back_byte_for_byte(string id) =>
        Assert.Equal($$$"""{"type":"res","id":{{{id}}},"ok":true,"payload":{}}""", Written.Outcome(OpenClaw, Written.Json("{}"), id));

    [Theory]
    [InlineData(RpcErrorKind.Parse, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.InvalidRequest, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.UnknownMethod, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.InvalidParams, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.Unauthenticated, "NOT_PAIRED")]
    [InlineData(RpcErrorKind.Forbidden, "FORBIDDEN")]
    [InlineData(RpcErrorKind.NotFound, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.Conflict, "INVALID_REQUEST")]
    [InlineData(RpcErrorKind.TooMany, "UNAVAILABLE")]
    [InlineData(RpcErrorKind.Unavailable, "UNAVAILABLE")]
    [InlineData(RpcErrorKind.Timeout, "UNAVAILABLE")]
    [InlineData(RpcErrorKind.Internal, "UNAVAILABLE")]
    public void Every_error_has_a_code_of_the_protocol(RpcErrorKind kind, string code) => Assert.Equal(
        $$$"""{"type":"res","id":"1","ok":false,"error":{"code":"{{{code}}}","message":"It \"failed\"."}}""",
        Written.Outcome(OpenClaw, new RpcError(kind, "It \"failed\".")));

    [Fact]
    public void An_error_brings_its_details_and_says_when_to_try_again()
    {
        var error = new RpcError(RpcErrorKind.TooMany, "Later.") { Details = JsonElement.Parse("""{"code":"X","n":[1]}"""), RetryAfterMs = 500 };

        var frame = Written.Outcome(OpenClaw, error);

        Assert.Equal(
            """{"type":"res","id":"1","ok":false,"error":{"code":"UNAVAILABLE","message":"Later.","details":{"code":"X","n":[1]},"retryable":true,"retryAfterMs":500}}""",
            frame);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void An_event_ends_with_the_clients_own_number(long number) => Assert.Equal(
        $$$"""{"type":"event","event":"tick","payload":{"ts":1795227073686},"seq":{{{number}}}}""",
        Written.Event(OpenClaw, new TickEvent(1_795_227_073_686), number));

    [Fact]
    public void An_event_without_a_payload_of_its_own_still_has_an_object() => Assert.Equal(
        """{"type":"event","event":"nothing","payload":{},"seq":3}""", Written.Event(OpenClaw, new Nothing("nothing"), 3));

    [Fact]
    public void An_event_that_the_dialect_does_not_know_is_not_encoded() => Assert.Null(OpenClaw.Encode(new Nothing(null)));

    [Fact]
    public void A_delta_carries_its_own_words_and_all_words_so_far() => Assert.Equal(
        """{"type":"event","event":"chat","payload":{"runId":"run-1","sessionKey":"agent:main:main","agentId":"main","seq":2,"state":"delta","deltaText":"there","message":{"role":"assistant","content":[{"type":"text","text":"Hello there"}],"timestamp":7}},"seq":9}""",
        Written.Event(OpenClaw, new ChatDeltaEvent(Turn, 2, 6, "Hello there", 7), 9));

    [Fact]
    public void The_end_carries_the_answer_and_what_it_cost()
    {
        var result = new TurnResult(TurnStatus.Done, "Hello", new TokenUsage(1, 2, 3), null, 8);

        var frame = Written.Event(OpenClaw, new ChatEndEvent(Turn, 4, result, null), 1);

        Assert.Equal(
            """{"type":"event","event":"chat","payload":{"runId":"run-1","sessionKey":"agent:main:main","agentId":"main","seq":4,"state":"final","stopReason":"stop","message":{"role":"assistant","content":[{"type":"text","text":"Hello"}],"timestamp":8},"usage":{"input":1,"output":2,"totalTokens":3}},"seq":1}""",
            frame);
    }

    [Theory]
    [InlineData(nameof(TurnStatus.Aborted), null, """ "state":"aborted","stopReason":"rpc" """)]
    [InlineData(nameof(TurnStatus.Failed), "rate_limit", """ "state":"error","errorMessage":"No.","errorKind":"rate_limit" """)]
    [InlineData(nameof(TurnStatus.Interrupted), null, """ "state":"error","errorMessage":"No.","errorKind":"unknown" """)]
    public void An_end_that_is_no_answer_says_why(string ending, string? kind, string members)
    {
        var status = Enum.Parse<TurnStatus>(ending);
        var result = new TurnResult(status, "", null, status == TurnStatus.Aborted ? null : "No.", 8);

        var frame = Written.Event(OpenClaw, new ChatEndEvent(Turn, 4, result, kind), 1);

        Assert.Equal(
            $$$"""{"type":"event","event":"chat","payload":{"runId":"run-1","sessionKey":"agent:main:main","agentId":"main","seq":4,{{{members.Trim()}}}},"seq":1}""",
            frame);
    }

    [Fact]
    public void The_agents_own_events_carry_a_stream_and_its_data() => Assert.Equal(
        """{"type":"event","event":"agent","payload":{"runId":"run-1","sessionKey":"agent:main:main","agentId":"main","seq":1,"stream":"lifecycle","ts":7,"data":{"phase":"start","startedAt":7},"isHeartbeat":false},"seq":1}""",
        Written.Event(OpenClaw, new AgentStartEvent(Turn, 1, 7), 1));

    [Theory]
    [InlineData(nameof(CloseCause.TooLarge), 1009, "payload too large")]
    [InlineData(nameof(CloseCause.InvalidText), 1007, "invalid UTF-8")]
    [InlineData(nameof(CloseCause.Unreadable), 1000, "")]
    [InlineData(nameof(CloseCause.HandshakeTimeout), 1000, "")]
    [InlineData(nameof(CloseCause.SlowConsumer), 1008, "slow consumer")]
    [InlineData(nameof(CloseCause.Stopping), 1012, "service restart")]
    [InlineData(nameof(CloseCause.Goodbye), 1000, "")]
    public void Every_end_has_a_code_of_the_protocol(string cause, int code, string reason) =>
        Assert.Equal(new WireClose(code, reason), OpenClaw.CloseFor(Enum.Parse<CloseCause>(cause)));

    private sealed class Nothing(string? name) : GatewayEvent
    {
        public override string Name => "nothing";

        public override string? NameIn(Dialect dialect) => name;

        public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
        {
        }
    }
}
