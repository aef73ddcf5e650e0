using System.Globalization;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>The tools that read and change the files of an agent's workspace.</summary>
internal static class FileTools
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ITool> All { get; } =
    [
        new Tool<ReadArguments>("fs.read", "Reads a text file of your workspace.", FilesJson.Default.ReadArguments, ReadAsync)
        {
            Risk = ToolRisk.Low,
            HasSideEffects = false,
        },
        new Tool<WriteArguments>("fs.write", "Writes a text file of your workspace, new or in the place of what it held.", FilesJson.Default.WriteArguments, WriteAsync),
        new Tool<EditArguments>(
            "fs.edit",
            "Replaces one passage of a text file of your workspace. The passage must stand there exactly once.",
            FilesJson.Default.EditArguments,
            EditAsync),
        new Tool<ListArguments>("fs.list", "Lists the files and folders of your workspace.", FilesJson.Default.ListArguments, FileListing.ListAsync)
        {
            Risk = ToolRisk.Low,
            HasSideEffects = false,
        },
        new Tool<SearchArguments>("fs.search", "Finds lines in the text files of your workspace.", FilesJson.Default.SearchArguments, FileSearch.SearchAsync)
        {
            Risk = ToolRisk.Low,
            HasSideEffects = false,
        },
    ];

    private static Task<ToolResult> ReadAsync(ReadArguments arguments, ToolContext context, CancellationToken ct)
    {
        var lines = ReadText(context, arguments.Path).Split('\n');
        var from = (arguments.FromLine ?? 1) - 1;
        if (from >= lines.Length)
        {
            throw new ToolRefusal(string.Create(CultureInfo.InvariantCulture, $"The file has {lines.Length} lines."));
        }

        var shown = string.Join('\n', lines.Skip(from).Take(arguments.Lines ?? ReadArguments.UsualLines));
        var next = from + (arguments.Lines ?? ReadArguments.UsualLines);
        return Done(next < lines.Length
            ? string.Create(CultureInfo.InvariantCulture, $"{shown}\n[The file goes on: {lines.Length} lines in all. Read on with fromLine {next + 1}.]")
            : shown);
    }

    private static Task<ToolResult> WriteAsync(WriteArguments arguments, ToolContext context, CancellationToken ct)
    {
        Replace(context, arguments.Path, arguments.Content);
        return Done($"Wrote {WorkspacePath.Show(arguments.Path)}.");
    }

    private static Task<ToolResult> EditAsync(EditArguments arguments, ToolContext context, CancellationToken ct)
    {
        var text = ReadText(context, arguments.Path);
        var at = text.IndexOf(arguments.OldText, StringComparison.Ordinal);
        if (at < 0)
        {
            throw new ToolRefusal("The old text does not stand in the file. Read the file, and give the text exactly as it is there.");
        }

        if (text.IndexOf(arguments.OldText, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new ToolRefusal("The old text stands in the file more than once. Give more of what is around it.");
        }

        var changed = string.Concat(text.AsSpan(0, at), arguments.NewText, text.AsSpan(at + arguments.OldText.Length));
        Replace(context, arguments.Path, changed);
        return Done($"Changed {WorkspacePath.Show(arguments.Path)}.");
    }

    private static string ReadText(ToolContext context, string path) => Workspace.Try(path, () =>
    {
        using var file = Workspace.Find(context.Workspace, path);
        Workspace.MustBeFile(file, path);
        return TextFile.Read(file, path);
    });

    private static void Replace(ToolContext context, string path, string text) => Workspace.Try(path, () =>
    {
        var (folder, name) = Workspace.FindPlace(context.Workspace, path);
        using (folder)
        {
            TextFile.Replace(folder, name, path, text);
            return true;
        }
    });

    private static Task<ToolResult> Done(string text) => Task.FromResult(new ToolResult(text));
}
