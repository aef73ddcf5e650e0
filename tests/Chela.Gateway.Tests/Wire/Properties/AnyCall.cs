using System.Text.Json;
using Chela.Contracts.Events;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.Wire.Properties;

/// <summary>A call as a client makes it, before a dialect has given it a form.</summary>
/// <param name="Id">The id as JSON.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Parameters">The parameters as JSON.</param>
internal sealed record AnyCall(string Id, string Method, string Parameters)
{
    private static readonly string[] Methods = ["health", "a", "sessions.list", "é😀", "with \"quotes\" \\ and\nlines", "chat/send", "\u2028"];

    /// <summary>Calls that the dialect can say.</summary>
    public static Gen<AnyCall> In(Dialect dialect) =>
        from id in IdIn(dialect)
        from method in Gen.Elements(Methods)
        from parameters in AnyJson.Object
        select new AnyCall(id, method, parameters);

    /// <summary>The frame of the call.</summary>
    public string FrameIn(Dialect dialect)
    {
        var method = JsonSerializer.Serialize(Method, WrittenJson.Default.String);
        return dialect switch
        {
            Dialect.OpenClaw => $$"""{"type":"req","id":{{Id}},"method":{{method}},"params":{{Parameters}}}""",
            Dialect.JsonRpc => $$"""{"jsonrpc":"2.0","id":{{Id}},"method":{{method}},"params":{{Parameters}}}""",
            Dialect.Plain => $$"""{"id":{{Id}},"method":{{method}},"params":{{Parameters}}}""",
            _ => $$"""{{{method}}:{{Parameters}}}""",
        };
    }

    /// <summary>Frames of all kinds: calls, calls that were damaged, what is nearly JSON, and what other dialects say.</summary>
    public static Gen<string> Frames(Dialect dialect) => Gen.Frequency(
        (3, In(dialect).Select(call => call.FrameIn(dialect))),
        (3, Damaged(In(dialect).Select(call => call.FrameIn(dialect)))),
        (2, WithOddMember(dialect)),
        (1, AnyJson.NearlyValue),
        (1, Gen.Elements(Enum.GetValues<Dialect>()).SelectMany(other => In(other).Select(call => call.FrameIn(other)))));

    private static Gen<string> IdIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => AnyJson.Text.Where(id => id.Length > 2),
        Dialect.JsonRpc => Gen.OneOf(AnyJson.Text, AnyJson.Number, Gen.Constant("null")),
        Dialect.Plain => Gen.OneOf(AnyJson.Text, AnyJson.Number),
        _ => Gen.Constant("null"),
    };

    private static Gen<string> WithOddMember(Dialect dialect) =>
        from name in Gen.Elements("type", "id", "method", "params", "jsonrpc", "Ping", "Chat", "more", "\\ud800")
        from value in AnyJson.NearlyValue
        from isFirst in Gen.Elements(true, false)
        from call in In(dialect)
        let frame = call.FrameIn(dialect)
        select isFirst ? $"{{\"{name}\":{value},{frame[1..]}" : $"{frame[..^1]},\"{name}\":{value}}}";

    private static Gen<string> Damaged(Gen<string> frames) =>
        from frame in frames
        from start in Gen.Choose(0, frame.Length)
        from length in Gen.Choose(0, frame.Length - start)
        from piece in Gen.Elements("", "", "\"", "{", "}", "[", "]", ",", ":", "\\", "\\ud800", "\0", "\ufeff", "null", "1e9999", frame)
        from isCut in Gen.Elements(true, false)
        select isCut ? frame[..start] : frame.Remove(start, Math.Min(length, 5)).Insert(start, piece);
}
