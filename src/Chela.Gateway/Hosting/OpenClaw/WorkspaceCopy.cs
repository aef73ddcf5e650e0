namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Copies the files of an agent's folder. What is there already stays as it is, and links are left out.</summary>
internal static class WorkspaceCopy
{
    private const int MostFiles = 100_000;
    private const long MostBytes = 4L * 1024 * 1024 * 1024;
    private const string Unfinished = ".chela-copy";

    private static readonly EnumerationOptions Files = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Copies what is missing.</summary>
    /// <param name="state">The state directory, which no folder may hold that is copied into it.</param>
    public static void Copy(ForeignAgent agent, string state, string to, bool dryRun, MigrationLog log)
    {
        var from = agent.Workspace;
        if (!Directory.Exists(from))
        {
            log.Left(from, $"the folder of the agent {agent.Id} does not exist");
            return;
        }

        if (IsWithin(state, from) || IsWithin(from, state))
        {
            log.Left(from, "it holds the state directory, or lies in it");
            return;
        }

        var (copied, present, bytes) = (0, 0, 0L);
        foreach (var file in new DirectoryInfo(from).EnumerateFiles("*", Files).Where(file => file.LinkTarget is null))
        {
            if (copied + present == MostFiles || (bytes += file.Length) > MostBytes)
            {
                log.Left(from, $"more than {MostFiles} files or {MostBytes} bytes; copy the rest yourself to {to}");
                break;
            }

            var target = Path.Combine(to, Path.GetRelativePath(from, file.FullName));
            if (Path.Exists(target))
            {
                present++;
                continue;
            }

            copied++;
            if (!dryRun)
            {
                CopyFile(file.FullName, target);
            }
        }

        Tell(log, from, to, copied, present);
    }

    private static void Tell(MigrationLog log, string from, string to, int copied, int present)
    {
        if (copied > 0)
        {
            log.Taken(from, $"{copied} {(copied == 1 ? "file" : "files")} in {to}");
        }

        if (present > 0)
        {
            log.Present(from, $"{present} {(present == 1 ? "file stands" : "files stand")} in {to}");
        }
    }

    /// <summary>Under another name first: a copy that was cut off is not taken for the file.</summary>
    private static void CopyFile(string from, string to)
    {
        Storage.PrivateFolder.Create(Path.GetDirectoryName(to)!); // it lies in the agent's folder
        File.Copy(from, to + Unfinished, overwrite: true);
        File.Move(to + Unfinished, to);
    }

    private static bool IsWithin(string path, string folder) =>
        Path.GetRelativePath(folder, path) is var relative && (relative == "." || (!relative.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(relative)));
}
