using System.Globalization;
using System.Text;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>The tool that lists what is in a folder.</summary>
internal static class FileListing
{
    /// <summary>The most rows of one answer.</summary>
    public const int MaxRows = 1_000;

    public static Task<ToolResult> ListAsync(ListArguments arguments, ToolContext context, CancellationToken ct)
    {
        var path = arguments.Path ?? "";
        var text = Workspace.Try(path, () =>
        {
            using var folder = Workspace.FindFolder(context.Workspace, path);
            return List(folder, path, arguments, ct);
        });
        return Task.FromResult(new ToolResult(text.Length == 0 ? "Nothing is there." : text));
    }

    private static string List(WorkspaceEntry folder, string path, ListArguments arguments, CancellationToken ct)
    {
        var matches = FileTree.Matching(arguments.Glob);
        var depth = arguments.Depth ?? (arguments.Glob is null ? 1 : FileTree.MaxDepth);
        var (text, rows) = (new StringBuilder(), 0);
        foreach (var (place, entry) in FileTree.Walk(folder, string.Join('/', WorkspacePath.Steps(path)), depth, ct))
        {
            if (arguments.Glob is not null && (entry.Kind == EntryKind.Folder || !matches(place)))
            {
                continue;
            }

            if (++rows > MaxRows)
            {
                return text.Append(CultureInfo.InvariantCulture, $"[There is more than these {MaxRows}.]").ToString();
            }

            text.AppendLine(Row(place, entry));
        }

        return text.ToString();
    }

    private static string Row(string place, WorkspaceEntry entry) => entry.Kind switch
    {
        EntryKind.Folder => $"{place}/",
        EntryKind.File => string.Create(CultureInfo.InvariantCulture, $"{place}  {entry.Size} bytes"),
        EntryKind.Link => $"{place}  (a link; not followed)",
        _ => $"{place}  (a device, pipe or socket)",
    };
}
