using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.Wire.Properties;

/// <summary>JSON of every kind, as text: what is valid, and what is only nearly so.</summary>
internal static class AnyJson
{
    private static readonly string[] Letters =
        ["a", "Z", "0", " ", "é", "😀", "\u2028", "{", ":", "\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\u00e9", "\\ud83d\\ude00", "\\t", "<", "'"];

    private static readonly string[] Halves = ["\\ud800", "\\udfff", "\\ud800a"];

    /// <summary>A string of whole characters, in quotes, some of them escaped.</summary>
    public static Gen<string> Text { get; } = Quoted(Gen.Elements(Letters));

    /// <summary>A string that may hold half a character.</summary>
    public static Gen<string> OddText { get; } = Quoted(Gen.Elements([.. Letters, .. Halves]));

    public static Gen<string> Number { get; } = Gen.Elements(
        "0", "-0", "1", "-17", "2.50", "1e3", "1E-7", "9007199254740993", "123456789012345678901234567890", "1e400", "-1e400", "0.1");

    private static Gen<string> Word { get; } = Gen.Elements("true", "false", "null");

    /// <summary>Any valid value, the larger the deeper.</summary>
    public static Gen<string> Value { get; } = Gen.Sized(ValueOf);

    /// <summary>An object whose members have different names.</summary>
    public static Gen<string> Object { get; } = Gen.Sized(ObjectOf);

    /// <summary>What a client may take for JSON: members given twice, half characters, numbers and words that are none, much too deep.</summary>
    public static Gen<string> NearlyValue { get; } = Gen.Frequency(
        (4, Value),
        (2, OddText),
        (1, Gen.Elements("NaN", "01", "1.", "+1", "'a'", "tru", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "//", "\"", "\\", "{", "]", "")),
        (1, Gen.Choose(60, 500).Select(depth => new string('[', depth) + new string(']', depth))),
        (1, Gen.Choose(60, 500).Select(depth => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth))));

    /// <summary>The characters of a string in quotes.</summary>
    public static string Read(string quoted) => JsonElement.Parse(quoted).GetString()!;

    private static Gen<string> Quoted(Gen<string> letters) => letters.ListOf().Select(parts => $"\"{string.Concat(parts)}\"");

    private static Gen<string> ValueOf(int size)
    {
        var leaf = Gen.OneOf(Text, Number, Word);
        return size < 2 ? leaf : Gen.Frequency((3, leaf), (1, ArrayOf(size / 3)), (1, ObjectOf(size / 3)));
    }

    private static Gen<string> ArrayOf(int size) =>
        Gen.Choose(0, 4).SelectMany(count => ValueOf(size).ListOf(count)).Select(items => $"[{string.Join(',', items)}]");

    private static Gen<string> ObjectOf(int size) =>
        from count in Gen.Choose(0, 4)
        from values in ValueOf(size / 2).ListOf(count)
        select $"{{{string.Join(',', values.Select((value, index) => $"\"m{index}\":{value}"))}}}";
}
