using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>The tool that finds lines in files. What it costs is bounded, whatever the expression and the files are.</summary>
internal static class FileSearch
{
    /// <summary>The most lines of one answer.</summary>
    public const int MaxHits = 200;

    /// <summary>The most files that one search reads.</summary>
    public const int MaxFiles = 10_000;

    private const int MaxShown = 300;

    private static readonly TimeSpan PerFile = TimeSpan.FromSeconds(2);

    public static Task<ToolResult> SearchAsync(SearchArguments arguments, ToolContext context, CancellationToken ct)
    {
        var path = arguments.Path ?? "";
        var expression = Expression(arguments);
        var text = Workspace.Try(path, () =>
        {
            using var folder = Workspace.FindFolder(context.Workspace, path);
            return Search(FileTree.Walk(folder, string.Join('/', WorkspacePath.Steps(path)), FileTree.MaxDepth, ct), expression, FileTree.Matching(arguments.Glob));
        });
        return Task.FromResult(new ToolResult(text.Length == 0 ? "No line was found." : text));
    }

    /// <summary>Expressions run in a time that grows with the text alone: no text makes one run for ever.</summary>
    private static Regex Expression(SearchArguments arguments)
    {
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (arguments.IgnoreCase == true ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(arguments.IsRegex == true ? arguments.Text : Regex.Escape(arguments.Text), options, PerFile);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ToolRefusal("The text is no regular expression that can be used here: those with look-around, references back or very large repetitions cannot.");
        }
    }

    private static string Search(IEnumerable<FoundFile> found, Regex expression, Func<string, bool> matches)
    {
        var (text, hits, files) = (new StringBuilder(), 0, 0);
        foreach (var (place, entry) in found)
        {
            if (entry.Kind != EntryKind.File || entry.Size > TextFile.MaxBytes || !matches(place))
            {
                continue;
            }

            if (++files > MaxFiles)
            {
                return text.Append(CultureInfo.InvariantCulture, $"[Only the first {MaxFiles} files were searched: give a path or a glob.]").ToString();
            }

            foreach (var (number, line) in Lines(entry, expression))
            {
                if (++hits > MaxHits)
                {
                    return text.Append(CultureInfo.InvariantCulture, $"[There are more than these {MaxHits} lines.]").ToString();
                }

                text.AppendLine(CultureInfo.InvariantCulture, $"{place}:{number}: {Short(line)}");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(int Number, string Line)> Lines(WorkspaceEntry entry, Regex expression)
    {
        var text = Readable(entry);
        foreach (var (index, line) in (text ?? "").Split('\n').Index())
        {
            if (text is not null && IsMatch(expression, line))
            {
                yield return (index + 1, line.TrimEnd('\r'));
            }
        }
    }

    /// <summary>The text of a file; null where it has none, or may not be read.</summary>
    private static string? Readable(WorkspaceEntry entry)
    {
        try
        {
            return TextFile.TryRead(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsMatch(Regex expression, string line)
    {
        try
        {
            return expression.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ToolRefusal("The expression takes too long on this text. Use a simpler one.");
        }
    }

    private static string Short(string line) => line.Length <= MaxShown ? line : $"{line.AsSpan(0, MaxShown)}…";
}
