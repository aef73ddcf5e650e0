using System.Text;

namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>Takes a line apart into words, as a shell does with quotes; what a shell would do more with is refused, not passed on as if it meant itself.</summary>
internal static class CommandWords
{
    private const string Unquoted = ";|&<>$`(){}[]*?~!#\\^%";
    private const string InQuotes = "$`\\!";

    public static IReadOnlyList<string> Parse(string line)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var quote = '\0';
        foreach (var c in line)
        {
            if (char.IsControl(c) && c != '\t')
            {
                throw new ToolRefusal("A command is one line, without control characters.");
            }

            if (quote != '\0' && c != quote)
            {
                Refuse(c, quote == '"' ? InQuotes : "");
                word!.Append(c);
            }
            else if (c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                word ??= new StringBuilder();
            }
            else if (c is ' ' or '\t')
            {
                End();
            }
            else
            {
                Refuse(c, Unquoted);
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (quote != '\0')
        {
            throw new ToolRefusal("A quote in the command is not closed.");
        }

        End();
        return words.Count > 0 ? words : throw new ToolRefusal("The command is empty.");

        void End()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }

    private static void Refuse(char c, string refused)
    {
        if (refused.Contains(c, StringComparison.Ordinal))
        {
            throw new ToolRefusal($"No shell reads the command, so {c} would mean nothing. Put it in single quotes if it is meant as it stands, or run one program at a time.");
        }
    }
}
