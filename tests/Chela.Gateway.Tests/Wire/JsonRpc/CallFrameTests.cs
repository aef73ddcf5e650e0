using System.Text;
using Chela.Contracts.Errors;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;

namespace Chela.Gateway.Tests.Wire.JsonRpc;

[Trait("Requirement", "W2")]
public sealed class CallFrameTests
{
    [Theory]
    [InlineData("\"1\"")]
    [InlineData("\"\"")]
    [InlineData("\"\\u00e9\"")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("12345678901234567890123")]
    [InlineData("1.50")]
    [InlineData("1e400")]
    [InlineData("null")]
    public void An_id_is_kept_byte_for_byte(string id)
    {
        var call = One($$"""{"jsonrpc":"2.0","id":{{id}},"method":"health"}""");

        Assert.Equal((id, "health", null), (Text(call.Id), call.Method, call.Error));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("true")]
    [InlineData("[1]")]
    public void An_id_of_another_kind_is_refused_without_an_id(string id)
    {
        var call = One($$"""{"jsonrpc":"2.0","id":{{id}},"method":"health"}""");

        Assert.Equal("null", Text(call.Id));
        Assert.Equal(new RpcError(RpcErrorKind.InvalidRequest, "at /id: must be a string, a number or null"), call.Error);
    }

    [Fact]
    public void A_call_without_an_id_is_a_notification()
    {
        var call = One("""{"jsonrpc":"2.0","method":"update","params":{"a":1}}""");

        Assert.Equal((null, "update", """{"a":1}""", null), (call.Id, call.Method, Text(call.Parameters.ToArray()), call.Error));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(""","params":{}""", "{}")]
    [InlineData(""","params":{"a":{"b":[1,2]}}""", """{"a":{"b":[1,2]}}""")]
    [InlineData(""","params":null""", "null")]
    public void Parameters_are_an_object_or_absent(string member, string parameters)
    {
        var call = One($$"""{"jsonrpc":"2.0","id":1,"method":"m"{{member}}}""");

        Assert.Null(call.Error);
        Assert.Equal(parameters, Text(call.Parameters.ToArray()));
    }

    [Theory]
    [InlineData("[]", RpcErrorKind.InvalidParams, "at /params: parameters are given by name, as an object")]
    [InlineData("[42,23]", RpcErrorKind.InvalidParams, "at /params: parameters are given by name, as an object")]
    [InlineData("\"bar\"", RpcErrorKind.InvalidRequest, "at /params: must be an object")]
    [InlineData("1", RpcErrorKind.InvalidRequest, "at /params: must be an object")]
    [InlineData("false", RpcErrorKind.InvalidRequest, "at /params: must be an object")]
    public void Parameters_of_another_kind_are_refused(string parameters, RpcErrorKind kind, string message)
    {
        var call = One($$"""{"jsonrpc":"2.0","id":7,"method":"m","params":{{parameters}}}""");

        Assert.Equal(("7", new RpcError(kind, message)), (Text(call.Id), call.Error));
    }

    [Theory]
    [InlineData("""{"id":1,"method":"m"}""", "1", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"m"}""", "1", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("""{"jsonrpc":2.0,"id":1,"method":"m"}""", "1", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("""{"jsonrpc":["2.0"],"id":1,"method":"m"}""", "1", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("{}", "null", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("""{"type":"req","id":"1","method":"connect","params":{}}""", "\"1\"", "at /jsonrpc: must be \"2.0\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", "1", "at /method: must be a non-empty string")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":""}""", "1", "at /method: must be a non-empty string")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":1}""", "1", "at /method: must be a non-empty string")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":null}""", "1", "at /method: must be a non-empty string")]
    [InlineData("""{"jsonrpc":"2.0","method":1,"params":"bar"}""", "null", "at /method: must be a non-empty string")]
    [InlineData("1", "null", "a call must be an object")]
    [InlineData("\"text\"", "null", "a call must be an object")]
    [InlineData("null", "null", "a call must be an object")]
    public void A_call_of_another_shape_is_an_invalid_request(string frame, string id, string message)
    {
        var call = One(frame);

        Assert.Equal((id, new RpcError(RpcErrorKind.InvalidRequest, message)), (Text(call.Id), call.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("hello")]
    [InlineData("""{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"m"} {}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"m"}]""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"m",}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"\udc00"}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"sum"},{"jsonrpc":"2.0","method"]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"sum"}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"sum"}]x""")]
    [InlineData("[1,")]
    [InlineData("[]x")]
    [InlineData("// comment")]
    public void What_is_not_JSON_is_one_parse_error(string frame)
    {
        var call = One(frame);

        Assert.Equal(("null", new RpcError(RpcErrorKind.Parse, "the message is not valid JSON")), (Text(call.Id), call.Error));
    }

    [Fact]
    public void A_frame_nested_too_deep_is_a_parse_error_however_deep_it_is() => Assert.All([65, 10_000, 400_000], depth => Assert.Equal(
        RpcErrorKind.Parse, One(new string('[', depth) + new string(']', depth)).Error?.Kind));

    [Fact]
    public void Further_members_are_let_pass()
    {
        var call = One("""{"jsonrpc":"2.0","trace":{"a":[1]},"id":1,"method":"m","params":{},"x":null}""");

        Assert.Equal(("1", "m", null), (Text(call.Id), call.Method, call.Error));
    }

    [Fact]
    public void A_batch_holds_calls_notifications_and_mistakes_side_by_side()
    {
        var frame = Read("""
            [
                {"jsonrpc":"2.0","method":"sum","params":{"a":1},"id":"1"},
                {"jsonrpc":"2.0","method":"notify"},
                {"foo":"boo"},
                5,
                [],
                {"jsonrpc":"2.0","method":"get","id":9}
            ]
            """);

        Assert.True(frame.IsBatch);
        Assert.Equal(
            ["\"1\" sum ", "none notify ", "null  InvalidRequest", "null  InvalidRequest", "null  InvalidRequest", "9 get "],
            frame.Calls.ToArray().Select(call => $"{Text(call.Id)} {call.Method} {call.Error?.Kind}"));
    }

    [Fact]
    public void A_batch_of_notifications_asks_for_no_answer()
    {
        var frame = Read("""[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b","params":{}}]""");

        Assert.True(frame.IsBatch);
        Assert.All(frame.Calls.ToArray(), call => Assert.Equal((null, null), (call.Id, call.Error)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(" [ ] ")]
    public void An_empty_batch_is_one_invalid_request(string frame)
    {
        var call = One(frame);

        Assert.Equal(("null", new RpcError(RpcErrorKind.InvalidRequest, "an empty batch")), (Text(call.Id), call.Error));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_batch_is_bounded(int calls, bool fits)
    {
        var frame = Read($"[{string.Join(',', Enumerable.Range(0, calls).Select(n => $$"""{"jsonrpc":"2.0","id":{{n}},"method":"m"}"""))}]");

        Assert.Equal((fits, fits ? calls : 1), (frame.IsBatch, frame.Calls.Length));
        Assert.Equal(fits ? null : "a batch may not hold more than 256 calls", frame.Calls.Span[0].Error?.Message);
    }

    private static WireFrame Read(string frame) => new JsonRpcDialect().Read(Encoding.UTF8.GetBytes(frame));

    private static WireCall One(string text)
    {
        var frame = Read(text);
        Assert.False(frame.IsBatch);
        return Assert.Single(frame.Calls.ToArray());
    }

    private static string Text(byte[]? json) => json is null ? "none" : Encoding.UTF8.GetString(json);
}
