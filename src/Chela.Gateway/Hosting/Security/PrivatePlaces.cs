namespace Chela.Gateway.Hosting.Security;

/// <summary>What somebody could read or change who can open a file.</summary>
internal enum PlaceKind
{
    State,
    Config,
    Included,
    Secret,
    Sessions,
    Log,
    Skills,
    Other,
}

/// <summary>A file or folder that only its owner should reach.</summary>
internal sealed record PrivatePlace(string Path, PlaceKind Kind)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public bool IsLink => new FileInfo(Path).LinkTarget is not null;

    /// <summary>What others than the owner may do with it; nothing where it is not there, and on Windows.</summary>
    public UnixFileMode ForOthers => !OperatingSystem.IsWindows() && Exists ? File.GetUnixFileMode(Path) & ~Owner : UnixFileMode.None;

    public bool IsWritable => (ForOthers & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    public bool IsReadable => (ForOthers & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private bool Exists => File.Exists(Path) || Directory.Exists(Path);

    /// <summary>Takes from others what they may do.</summary>
    /// <returns>What was done; null where nothing was to do.</returns>
    /// <exception cref="IOException">The file belongs to somebody else, or the disk refuses.</exception>
    public string? Close()
    {
        if (OperatingSystem.IsWindows() || ForOthers == UnixFileMode.None)
        {
            return null;
        }

        var mode = File.GetUnixFileMode(Path) & Owner;
        File.SetUnixFileMode(Path, mode);
        return $"chmod {Octal(mode)} {Path}";
    }

    /// <summary>As people write it: 0640.</summary>
    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}

/// <summary>Where secrets, conversations and settings lie.</summary>
internal static class PrivatePlaces
{
    /// <summary>So many files of one folder are looked at.</summary>
    private const int MaxFiles = 20_000;

    /// <summary>The places that are named.</summary>
    public static IEnumerable<PrivatePlace> Of(AuditedSetup setup)
    {
        var (paths, tls) = (setup.Paths, setup.Config.Gateway.Tls);
        string[] secrets =
        [
            paths.TokenFile, $"{paths.TokenFile}.former", paths.SecretKeyFile, paths.VariablesFile, paths.DevicesFile, paths.ApprovalsFile, paths.CertificateFile,
            .. new[] { tls.KeyPath ?? tls.CertPath }.OfType<string>(),
        ];
        return
        [
            new(paths.Root, PlaceKind.State),
            new(setup.ConfigFile, PlaceKind.Config),
            .. setup.Included.Select(path => new PrivatePlace(path, PlaceKind.Included)),
            .. secrets.Select(path => new PrivatePlace(path, PlaceKind.Secret)),
            new(paths.SessionsDirectory, PlaceKind.Sessions),
            new(paths.LogFile, PlaceKind.Log),
            .. setup.Config.Agents.Ids.Select(id => new PrivatePlace(Path.Combine(setup.Config.Agents.Of(id).Workspace ?? Path.Combine(paths.WorkspacesDirectory, id), "skills"), PlaceKind.Skills)),
        ];
    }

    /// <summary>Those, and everything else in the state directory but the folders of agents, in which programs make files as they like.</summary>
    public static IEnumerable<PrivatePlace> All(AuditedSetup setup)
    {
        var inside = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var root = setup.Paths.Root;
        var found = Directory.Exists(root) ? Directory.EnumerateFileSystemEntries(root, "*", inside) : [];
        return Of(setup)
            .Where(place => place.Kind != PlaceKind.Skills)
            .Concat(found.Where(path => !IsBelow(path, setup.Paths.WorkspacesDirectory)).Take(MaxFiles).Select(path => new PrivatePlace(path, PlaceKind.Other)))
            .DistinctBy(place => place.Path);
    }

    private static bool IsBelow(string path, string folder) => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
