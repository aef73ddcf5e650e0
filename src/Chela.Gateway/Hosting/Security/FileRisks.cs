namespace Chela.Gateway.Hosting.Security;

/// <summary>Files that others can read or change.</summary>
internal static class FileRisks
{
    private const string Close = "chmod 700 the folder; chela doctor --fix does it.";
    private const string CloseFile = "chmod 600 the file; chela doctor --fix does it.";

    private static readonly RiskCheck StateWorldWritable = new("fs.state_dir.perms_world_writable", RiskCheck.Critical, "everybody can write into the state directory", Close);
    private static readonly RiskCheck StateGroupWritable = new("fs.state_dir.perms_group_writable", RiskCheck.Warn, "a group can write into the state directory", Close);
    private static readonly RiskCheck StateReadable = new("fs.state_dir.perms_readable", RiskCheck.Warn, "others can look into the state directory", Close);
    private static readonly RiskCheck StateLink = new("fs.state_dir.symlink", RiskCheck.Warn, "the state directory is a link", "Name the folder itself with --state-dir, and see that only you can change what the link names.");
    private static readonly RiskCheck StateSynced = new("fs.synced_dir", RiskCheck.Warn, "the state directory is copied to a cloud", "Move it out of the folder that is synchronized: secrets leave the machine, and two writers damage journals.");
    private static readonly RiskCheck ConfigWritable = new("fs.config.perms_writable", RiskCheck.Critical, "others can change the configuration", CloseFile);
    private static readonly RiskCheck ConfigLink = new("fs.config.symlink", RiskCheck.Warn, "the configuration is a link", "See that only you can change what the link names.");
    private static readonly RiskCheck ConfigGroupReadable = new("fs.config.perms_group_readable", RiskCheck.Warn, "a group can read the configuration", CloseFile);
    private static readonly RiskCheck ConfigWorldReadable = new("fs.config.perms_world_readable", RiskCheck.Critical, "everybody can read the configuration", CloseFile);
    private static readonly RiskCheck IncludeWritable = new("fs.config_include.perms_writable", RiskCheck.Critical, "others can change a file that the configuration includes", CloseFile);
    private static readonly RiskCheck IncludeGroupReadable = new("fs.config_include.perms_group_readable", RiskCheck.Warn, "a group can read a file that the configuration includes", CloseFile);
    private static readonly RiskCheck IncludeWorldReadable = new("fs.config_include.perms_world_readable", RiskCheck.Critical, "everybody can read a file that the configuration includes", CloseFile);
    private static readonly RiskCheck SecretWritable = new("fs.secret_file.perms_writable", RiskCheck.Critical, "others can change a file of secrets", CloseFile);
    private static readonly RiskCheck SecretReadable = new("fs.secret_file.perms_readable", RiskCheck.Critical, "others can read a file of secrets", CloseFile);
    private static readonly RiskCheck SessionsReadable = new("fs.sessions_store.perms_readable", RiskCheck.Warn, "others can read conversations", Close);
    private static readonly RiskCheck LogReadable = new("fs.log_file.perms_readable", RiskCheck.Warn, "others can read the log", CloseFile);
    private static readonly RiskCheck SkillsWritable = new("skills.workspace.perms_writable", RiskCheck.Critical, "others can write skills, which agents follow", "chmod go-w the folder.");

    private static readonly string[] Clouds = ["Dropbox", "OneDrive", "Google Drive", "GoogleDrive", "iCloud", "Mobile Documents", "Nextcloud", "Syncthing"];

    public static IReadOnlyList<RiskCheck> Checks =>
    [
        StateWorldWritable, StateGroupWritable, StateReadable, StateLink, StateSynced, ConfigWritable, ConfigLink, ConfigGroupReadable, ConfigWorldReadable,
        IncludeWritable, IncludeGroupReadable, IncludeWorldReadable, SecretWritable, SecretReadable, SessionsReadable, LogReadable, SkillsWritable,
    ];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup) => PrivatePlaces.Of(setup)
        .SelectMany(place => Risks(place).Select(check => check.Found($"{place.Path}{Mode(place)}")))
        .Concat(Clouds.Where(cloud => setup.Paths.Root.Split(Path.DirectorySeparatorChar).Any(folder => folder.StartsWith(cloud, StringComparison.Ordinal)))
            .Take(1).Select(cloud => StateSynced.Found($"{setup.Paths.Root} is in a folder of {cloud}")));

    private static IEnumerable<RiskCheck> Risks(PrivatePlace place) => place.Kind switch
    {
        PlaceKind.State =>
        [
            .. If(Everybody(place, UnixFileMode.OtherWrite), StateWorldWritable),
            .. If(Everybody(place, UnixFileMode.GroupWrite), StateGroupWritable),
            .. If(place.IsReadable, StateReadable),
            .. If(place.IsLink, StateLink),
        ],
        PlaceKind.Config => [.. Settings(place, ConfigWritable, ConfigWorldReadable, ConfigGroupReadable), .. If(place.IsLink, ConfigLink)],
        PlaceKind.Included => Settings(place, IncludeWritable, IncludeWorldReadable, IncludeGroupReadable),
        PlaceKind.Secret => [.. If(place.IsWritable, SecretWritable), .. If(place.IsReadable, SecretReadable)],
        PlaceKind.Sessions => If(place.IsReadable, SessionsReadable),
        PlaceKind.Log => If(place.IsReadable, LogReadable),
        PlaceKind.Skills => If(place.IsWritable, SkillsWritable),
        _ => [],
    };

    private static IEnumerable<RiskCheck> Settings(PrivatePlace place, RiskCheck writable, RiskCheck worldReadable, RiskCheck groupReadable) =>
    [
        .. If(place.IsWritable, writable),
        .. If(Everybody(place, UnixFileMode.OtherRead), worldReadable),
        .. If(Everybody(place, UnixFileMode.GroupRead), groupReadable),
    ];

    private static bool Everybody(PrivatePlace place, UnixFileMode mode) => (place.ForOthers & mode) != 0;

    private static IEnumerable<RiskCheck> If(bool so, RiskCheck check) => so ? [check] : [];

    private static string Mode(PrivatePlace place) =>
        OperatingSystem.IsWindows() || place.ForOthers == UnixFileMode.None ? "" : $" has mode {PrivatePlace.Octal(File.GetUnixFileMode(place.Path))}";
}
