using System.Text;

namespace Chela.Gateway.Tests.Wire;

/// <summary>Frames that were valid once, damaged in the ways of bad clients. The same seed gives the same frames.</summary>
internal sealed class RandomFrames(int seed, IReadOnlyList<string> valid)
{
    private const string Structure = "{}[]\":,\\ \n0-1.eEtrufalsn";

    private static readonly string[] Pieces =
    [
        "\\ud800", "\\udc00\\ud800", "\\uD83D", "\\u0000", "\\u00e9", "\\x", "\\", "\"", "😀", "\ufeff", "\u2028", "\0", "é", "{}", "[]", "null",
        "\"id\":", "\"\\ud800aaaaaaaaaa\":1,", "\"params\":{\"\\udfff\":1},", "1e9999", "-0", "NaN", "//", "/* */", ",,", "\"id\":\"\\ud800\",",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A frame as UTF-8; valid UTF-8, as the gateway checks that first.</summary>
    public byte[] Next()
    {
        var text = new StringBuilder(valid[_random.Next(valid.Count)]);
        for (var damages = _random.Next(4); damages > 0; damages--)
        {
            Damage(text);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Damage(StringBuilder text)
    {
        var at = _random.Next(text.Length + 1);
        switch (_random.Next(7))
        {
            case 0:
                text.Length = at;
                break;
            case 1 when at < text.Length:
                text[at] = Structure[_random.Next(Structure.Length)];
                break;
            case 2 when at < text.Length:
                text[at] = (char)_random.Next(0x10000); // a lone surrogate becomes the replacement character
                break;
            case 3:
                text.Insert(at, Pieces[_random.Next(Pieces.Length)]);
                break;
            case 4:
                text.Remove(at, _random.Next(text.Length - at + 1));
                break;
            case 5:
                text.Insert(at, valid[_random.Next(valid.Count)]);
                break;
            default:
                var depth = _random.Next(1, 90);
                text.Insert(at, new string('[', depth) + (_random.Next(2) == 0 ? new string(']', depth) : ""));
                break;
        }
    }
}
