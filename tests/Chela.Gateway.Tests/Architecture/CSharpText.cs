using System.Text;

namespace Chela.Gateway.Tests.Architecture;

/// <summary>Takes comments and literals out of C# text, so that a rule sees only code.</summary>
/// <remarks>A scanner, not a parser: a string inside an interpolation hole splits its literal, which no rule here minds.</remarks>
internal static class CSharpText
{
    /// <summary>Replaces each character of comments, strings and character literals by a space; line breaks stay.</summary>
    public static string CodeOnly(string text)
    {
        var code = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            var end = Math.Min(EndOfNonCode(text, at), text.Length);
            if (end == at)
            {
                code.Append(text[at++]);
                continue;
            }

            foreach (var c in text.AsSpan(at, end - at))
            {
                code.Append(c is '\n' or '\r' ? c : ' ');
            }

            at = end;
        }

        return code.ToString();
    }

    /// <summary>Where the comment or literal that starts here ends; <paramref name="at"/> itself where none starts.</summary>
    private static int EndOfNonCode(string text, int at)
    {
        var rest = text.AsSpan(at);
        return rest switch
        {
            ['/', '/', ..] => at + UpTo(rest, "\n"),
            ['/', '*', ..] => at + 2 + Past(rest[2..], "*/"),
            ['\'', '\\', ..] => at + 3 + Past(rest[Math.Min(3, rest.Length)..], "'"),
            ['\'', ..] => at + 3,
            ['"', '"', '"', ..] when !IsVerbatim(text, at) => at + EndOfRaw(rest),
            ['"', ..] when IsVerbatim(text, at) => at + EndOfVerbatim(rest),
            ['"', ..] => at + EndOfRegular(rest),
            _ => at,
        };
    }

    private static bool IsVerbatim(string text, int quote)
    {
        var before = quote - 1;
        while (before >= 0 && text[before] == '$')
        {
            before--;
        }

        return before >= 0 && text[before] == '@';
    }

    private static int EndOfRaw(ReadOnlySpan<char> rest)
    {
        var quotes = rest.IndexOfAnyExcept('"') is var count && count < 0 ? rest.Length : count;
        return quotes + Past(rest[quotes..], new string('"', quotes));
    }

    private static int EndOfVerbatim(ReadOnlySpan<char> rest)
    {
        var at = 1;
        while (at < rest.Length)
        {
            if (rest[at] != '"')
            {
                at++;
            }
            else if (at + 1 < rest.Length && rest[at + 1] == '"')
            {
                at += 2;
            }
            else
            {
                return at + 1;
            }
        }

        return rest.Length;
    }

    private static int EndOfRegular(ReadOnlySpan<char> rest)
    {
        for (var at = 1; at < rest.Length; at++)
        {
            switch (rest[at])
            {
                case '\\':
                    at++;
                    break;
                case '"':
                    return at + 1;
                case '\n':
                    return at;
            }
        }

        return rest.Length;
    }

    private static int UpTo(ReadOnlySpan<char> rest, string mark) => rest.IndexOf(mark) is >= 0 and var at ? at : rest.Length;

    private static int Past(ReadOnlySpan<char> rest, string mark) => rest.IndexOf(mark) is >= 0 and var at ? at + mark.Length : rest.Length;
}
