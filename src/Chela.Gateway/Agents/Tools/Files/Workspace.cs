namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>The folder of an agent, out of which no path of a model leads.</summary>
internal static class Workspace
{
    /// <summary>The file or folder at a path, without following links; the caller disposes it.</summary>
    public static WorkspaceEntry Find(string workspace, string path) => Walk(workspace, WorkspacePath.Steps(path), path, makes: false);

    /// <summary>The folder at a path; the caller disposes it.</summary>
    public static WorkspaceEntry FindFolder(string workspace, string path)
    {
        var folder = Find(workspace, path);
        MustBeFolder(folder, path);
        return folder;
    }

    /// <summary>The folder in which something of this path stands or will stand, and its name there. Missing folders are made.</summary>
    public static (WorkspaceEntry Folder, string Name) FindPlace(string workspace, string path)
    {
        var steps = WorkspacePath.Steps(path);
        return steps.Length == 0 || path.EndsWith('/')
            ? throw new ToolRefusal($"{WorkspacePath.Show(path)} names no file.")
            : (Walk(workspace, steps.AsSpan(..^1), path, makes: true), steps[^1]);
    }

    /// <summary>Refuses what is no regular file.</summary>
    public static void MustBeFile(WorkspaceEntry entry, string path)
    {
        var problem = entry.Kind switch
        {
            EntryKind.File => null,
            EntryKind.Nothing => "does not exist",
            EntryKind.Folder => "is a folder",
            EntryKind.Link => "is a symbolic link; links are not followed",
            _ => "is a device, a pipe or a socket",
        };
        if (problem is not null)
        {
            throw new ToolRefusal($"{WorkspacePath.Show(path)} {problem}.");
        }
    }

    /// <summary>Does something with files; what the system refuses is told in words that show no path outside the workspace.</summary>
    public static T Try<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException)
        {
            throw new ToolRefusal($"The system does not let the gateway use {WorkspacePath.Show(path)}.");
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolRefusal($"{WorkspacePath.Show(path)} does not exist any more.");
        }
        catch (IOException)
        {
            throw new ToolRefusal($"{WorkspacePath.Show(path)} could not be used: its name is too long, it changes just now, or the disk is full.");
        }
    }

    private static WorkspaceEntry Walk(string workspace, ReadOnlySpan<string> steps, string path, bool makes)
    {
        var entry = WorkspaceEntry.Root(workspace);
        foreach (var step in steps)
        {
            using var above = entry;
            MustBeFolder(above, path);
            entry = above.Child(step);
            if (makes && entry.Kind == EntryKind.Nothing)
            {
                Directory.CreateDirectory(above.PathOf(step));
                entry = above.Child(step);
            }
        }

        if (makes)
        {
            MustBeFolder(entry, path);
        }

        return entry;
    }

    private static void MustBeFolder(WorkspaceEntry entry, string path)
    {
        if (entry.Kind == EntryKind.Folder)
        {
            return;
        }

        entry.Dispose();
        throw new ToolRefusal(entry.Kind == EntryKind.Link
            ? $"{WorkspacePath.Show(path)} is, or leads through, a symbolic link; links are not followed."
            : $"{WorkspacePath.Show(path)} is, or leads through, something that is no folder or does not exist.");
    }
}
