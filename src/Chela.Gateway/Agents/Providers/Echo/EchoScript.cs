using System.Globalization;

namespace Chela.Gateway.Agents.Providers.Echo;

/// <summary>What the echo model will say and how slowly, read from the user's message.</summary>
/// <param name="Text">The reply.</param>
/// <param name="BeforeEachWord">The wait that <c>/slow</c> asked for; null without it.</param>
internal sealed record EchoScript(string Text, TimeSpan? BeforeEachWord)
{
    /// <summary>The longest wait before a word, in milliseconds.</summary>
    public const int SlowestMilliseconds = 5000;

    private const string SlowCommand = "/slow ";

    /// <summary>Reads <c>/slow &lt;ms&gt; text</c>; a message of any other shape is echoed as it is.</summary>
    public static EchoScript Parse(string message)
    {
        if (!message.StartsWith(SlowCommand, StringComparison.Ordinal))
        {
            return new EchoScript(message, null);
        }

        var end = message.IndexOf(' ', SlowCommand.Length);
        var number = end < 0 ? "" : message[SlowCommand.Length..end];
        if (number.Length == 0 || !number.All(char.IsAsciiDigit))
        {
            return new EchoScript(message, null);
        }

        // A number too large even to read is simply the slowest.
        var milliseconds = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? Math.Min(parsed, SlowestMilliseconds)
            : SlowestMilliseconds;
        return new EchoScript(message[(end + 1)..], TimeSpan.FromMilliseconds(milliseconds));
    }

    /// <summary>Cuts text into words, each with the white space after it; together the pieces are the text, to the character.</summary>
    public static IEnumerable<string> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = SkipSpace(text, start);
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            end = SkipSpace(text, end);
            yield return text[start..end];
            start = end;
        }
    }

    private static int SkipSpace(string text, int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
        {
            index++;
        }

        return index;
    }
}
