using System.Text;
using Chela.Contracts.Errors;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Wire.OpenClaw;

[Trait("Requirement", "W5")]
public sealed class RequestFrameTests
{
    [Theory]
    [InlineData("""{"type":"req","id":"1","method":"health"}""", "\"1\"", "health", "")]
    [InlineData("""{"type":"req","id":"1","method":"health","params":{}}""", "\"1\"", "health", "{}")]
    [InlineData("""{"type":"req","id":"1","method":"health","params":null}""", "\"1\"", "health", "null")]
    [InlineData("""{"params":{"a":[1,{"b":2}]},"method":"m","id":"x","type":"req"}""", "\"x\"", "m", """{"a":[1,{"b":2}]}""")]
    [InlineData("""{"type":"req","id":"1","method":"m","params":[1, 2]}""", "\"1\"", "m", "[1, 2]")]
    [InlineData("""{"type":"req","id":"1","method":"m","params":"text"}""", "\"1\"", "m", "\"text\"")]
    [InlineData(""" { "type" : "req" , "id" : "1" , "method" : "m" } """, "\"1\"", "m", "")]
    [InlineData("""{"type":"req","id":"1","method":"m","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}""", "\"1\"", "m", "")]
    [InlineData("""{"\u0074ype":"r\u0065q","id":"\u0031","method":"h\u0065alth"}""", "\"\\u0031\"", "health", "")]
    [InlineData("""{"type":"req","id":"é😀\"\\","method":"m"}""", "\"é😀\\\"\\\\\"", "m", "")]
    public void A_request_is_read(string frame, string id, string method, string parameters)
    {
        var call = Assert.Single(Read(frame));

        Assert.Null(call.Error);
        Assert.Equal((id, method, parameters), (Text(call.Id), call.Method, Text(call.Parameters.ToArray())));
    }

    [Theory]
    [InlineData("[1,2,3]", "\"invalid\"", "must be object")]
    [InlineData("\"req\"", "\"invalid\"", "must be object")]
    [InlineData("5", "\"invalid\"", "must be object")]
    [InlineData("null", "\"invalid\"", "must be object")]
    [InlineData("true", "\"invalid\"", "must be object")]
    [InlineData("""{"type":"req","method":"health"}""", "\"invalid\"", "must have required property 'id'")]
    [InlineData("""{"type":"req","id":"1"}""", "\"1\"", "must have required property 'method'")]
    [InlineData("""{"id":"1","method":"health"}""", "\"1\"", "must have required property 'type'")]
    [InlineData("""{"type":"req","id":5,"method":"last-heartbeat"}""", "5", "at /id: must be string")]
    [InlineData("""{"type":"req","id":5.50e1,"method":"m"}""", "5.50e1", "at /id: must be string")]
    [InlineData("""{"type":"req","id":null,"method":"m"}""", "\"invalid\"", "at /id: must be string")]
    [InlineData("""{"type":"req","id":{"a":1},"method":"m"}""", "\"invalid\"", "at /id: must be string")]
    [InlineData("""{"type":"req","id":["1"],"method":"m"}""", "\"invalid\"", "at /id: must be string")]
    [InlineData("""{"type":"req","id":"1","method":7}""", "\"1\"", "at /method: must be string")]
    [InlineData("""{"type":"req","id":"e1","method":"last-heartbeat","params":{},"bogus":1}""", "\"e1\"", "at root: unexpected property 'bogus'")]
    [InlineData("""{"type":"req","id":"1","method":"m","traceparent":7}""", "\"1\"", "at /traceparent: must be string")]
    [InlineData(
        """{"type":"event","event":"foo"}""",
        "\"invalid\"",
        "must have required property 'id'; must have required property 'method'; at root: unexpected property 'event'; at /type: must be equal to constant")]
    [InlineData(
        """{"type":"res","id":"1","ok":true}""",
        "\"1\"",
        "must have required property 'method'; at root: unexpected property 'ok'; at /type: must be equal to constant")]
    public void A_frame_of_another_shape_is_answered_with_everything_that_is_wrong(string frame, string id, string problems)
    {
        var call = Assert.Single(Read(frame));

        Assert.Equal(id, Text(call.Id));
        Assert.Equal(new RpcError(RpcErrorKind.InvalidRequest, $"invalid request frame: {problems}"), call.Error);
    }

    [Theory]
    [InlineData("""{"type":"req","id":"","method":"m"}""", "/id")]
    [InlineData("""{"type":"req","id":"1","method":""}""", "/method")]
    [InlineData("""{"type":"req","id":"1","method":"m","expectedProfileId":""}""", "/expectedProfileId")]
    public void An_empty_name_is_refused_at_its_place(string frame, string place)
    {
        var call = Assert.Single(Read(frame));

        Assert.StartsWith($"invalid request frame: at {place}: ", call.Error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traceparent", 128, true)]
    [InlineData("traceparent", 129, false)]
    [InlineData("expectedProfileId", 129, false)]
    public void The_text_beside_the_call_is_bounded(string member, int length, bool fits)
    {
        var frame = $$"""{"type":"req","id":"1","method":"m","{{member}}":"{{new string('a', length)}}"}""";

        var call = Assert.Single(Read(frame));

        Assert.Equal(fits, call.Error is null);
        Assert.Equal(fits, call.Error?.Message.Contains($"at /{member}: ", StringComparison.Ordinal) is null);
    }

    [Fact]
    public void A_call_that_a_certain_profile_is_to_make_is_refused_under_its_id_as_there_is_none()
    {
        var call = Assert.Single(Read($$"""{"type":"req","id":"1","method":"m","expectedProfileId":"{{new string('p', 128)}}"}"""));

        Assert.Equal("\"1\"", Text(call.Id));
        Assert.Equal((RpcErrorKind.InvalidRequest, "expectedProfileId: this connection has no profile"), (call.Error?.Kind, call.Error?.Message));
        Assert.Equal("EXPECTED_PROFILE_MISMATCH", call.Error?.Details?.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("""{"type":"req","id":""")]
    [InlineData("""{"type":"req","id":"1","method":"m"} {}""")]
    [InlineData("""{"type":"req","id":"1","method":"m"}x""")]
    [InlineData("""{"type":"req","id":"1","method":"m",}""")]
    [InlineData("""{"type":"req","id":"1","method":"m","params":{]}""")]
    [InlineData("""{'type':'req'}""")]
    [InlineData("""// comment""")]
    [InlineData("NaN")]
    [InlineData("hello")]
    public void What_is_not_JSON_is_ignored(string frame) => Assert.Empty(Read(frame));

    [Fact]
    public void A_frame_nested_too_deep_is_refused_under_its_id_however_deep_it_is() =>
        Assert.All([65, 10_000, 400_000], depth =>
        {
            var call = Assert.Single(Read($$"""{"type":"req","id":"1","method":"m","params":{{new string('[', depth)}}{{new string(']', depth)}}}"""));

            Assert.Equal("\"1\""u8.ToArray(), call.Id);
            Assert.Equal("invalid request frame: must be valid JSON of at most 64 levels", call.Error?.Message);
        });

    [Fact]
    public void Half_a_character_is_refused_under_the_id_of_its_frame()
    {
        var call = Assert.Single(Read("""{"type":"req","id":"1","method":"\ud800"}"""));

        Assert.Equal("\"1\""u8.ToArray(), call.Id);
        Assert.NotNull(call.Error);
    }

    [Fact]
    public void A_member_given_twice_is_refused()
    {
        var call = Assert.Single(Read("""{"type":"req","id":"1","method":"safe","method":"other"}"""));

        Assert.Equal(RpcErrorKind.InvalidRequest, call.Error?.Kind);
        Assert.Equal("", call.Method);
    }

    private static WireCall[] Read(string frame)
    {
        var read = new OpenClawDialect().Read(Encoding.UTF8.GetBytes(frame));
        Assert.False(read.IsBatch);
        return read.Calls.ToArray();
    }

    private static string Text(byte[]? json) => json is null ? "none" : Encoding.UTF8.GetString(json);
}
