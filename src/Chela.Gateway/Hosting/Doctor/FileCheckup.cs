using System.Runtime.Versioning;
using Chela.Gateway.Hosting.Security;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>Who can reach the files of the gateway, and the disk that they lie on.</summary>
internal static class FileCheckup
{
    /// <summary>So many files are named.</summary>
    private const int Named = 5;

    private const long Little = 1024L * 1024 * 1024, TooLittle = 100L * 1024 * 1024;
    private const long FewFiles = 10_000, TooFewFiles = 1_000;

    private static readonly DoctorCheck State = new("files.state", "whether the state directory is there and can be written");
    private static readonly DoctorCheck Permissions = new("files.permissions", "whether folders have mode 0700 and files 0600", "chmod");
    private static readonly DoctorCheck Owner = new("files.owner", "whether they belong to the user who runs this");
    private static readonly DoctorCheck Space = new("disk.space", "whether the disk has room: a warning below 1 GiB, an error below 100 MiB");
    private static readonly DoctorCheck Files = new("disk.inodes", "whether the disk has room for more files");

    public static IReadOnlyList<DoctorCheck> Checks => [State, Permissions, Owner, Space, Files];

    public static IEnumerable<DoctorFinding> Run(Patient patient) =>
    [
        StateOf(patient),
        PermissionsOf([.. PrivatePlaces.All(patient.Setup).Where(place => place.ForOthers != UnixFileMode.None)]),
        .. OperatingSystem.IsLinux() ? OnLinux(patient) : [],
    ];

    private static DoctorFinding StateOf(Patient patient) =>
        File.Exists(patient.Paths.Root) ? State.Error($"{patient.Paths.Root} is a file", "name a folder with --state-dir or CHELA_STATE_DIR")
        : OperatingSystem.IsLinux() && !LinuxFacts.CanWrite(patient.Ground)
            ? State.Error($"{patient.Ground} cannot be written by this user, or its disk is read-only", "chown it, mount it writable, or name another with --state-dir")
        : Directory.Exists(patient.Paths.Root) ? State.Ok($"{patient.Paths.Root} can be written")
        : State.Note($"there is no {patient.Paths.Root} yet; the first start makes it", "chela gateway run");

    private static DoctorFinding PermissionsOf(PrivatePlace[] open) => open.Length == 0
        ? Permissions.Ok("nobody else reaches the files of the gateway")
        : Permissions.Error($"others can reach {Names(open.Select(place => place.Path).ToArray())}", "chela doctor --fix, or chmod go= on them") with
        {
            Mend = _ => Task.FromResult($"closed to others: {Names([.. open.Select(place => place.Close() ?? place.Path)])}"),
        };

    [SupportedOSPlatform("linux")]
    private static IEnumerable<DoctorFinding> OnLinux(Patient patient)
    {
        string[] foreign = [.. PrivatePlaces.All(patient.Setup).Select(place => place.Path).Where(path => LinuxFacts.OwnerOf(path) is { } owner && owner != LinuxFacts.User)];
        yield return foreign.Length == 0
            ? Owner.Ok("the files of the gateway belong to this user")
            : Owner.Error($"to another user belong {Names(foreign)}", "run this as the user of the gateway, or chown them");
        if (LinuxFacts.DiskOf(patient.Ground) is { } disk)
        {
            yield return SpaceOf(disk, patient.Ground);
            yield return FilesOf(disk, patient.Ground);
        }
    }

    internal static DoctorFinding SpaceOf(DiskFacts disk, string folder) => disk switch
    {
        { IsReadOnly: true } => Space.Error($"the disk of {folder} is mounted read-only", "mount it writable, and look in dmesg why it is not"),
        { FreeBytes: < TooLittle } => Space.Error($"the disk of {folder} is full: {Size(disk.FreeBytes)} are free", "make room; nothing is acknowledged that cannot be written"),
        { FreeBytes: < Little } => Space.Warning($"the disk of {folder} is nearly full: {Size(disk.FreeBytes)} are free", "make room"),
        _ => Space.Ok($"{Size(disk.FreeBytes)} are free"),
    };

    internal static DoctorFinding FilesOf(DiskFacts disk, string folder) => disk switch
    {
        { Files: 0 } => Files.Ok("the disk does not count its files"),
        { FreeFiles: < TooFewFiles } => Files.Error($"the disk of {folder} has room for {disk.FreeFiles} more files only", "delete files; df -i tells where they are"),
        { FreeFiles: < FewFiles } => Files.Warning($"the disk of {folder} has room for {disk.FreeFiles} more files only", "delete files; df -i tells where they are"),
        _ => Files.Ok($"there is room for {disk.FreeFiles} more files"),
    };

    private static string Names(string[] paths) => $"{string.Join(", ", paths.Take(Named))}{(paths.Length > Named ? $" and {paths.Length - Named} more" : "")}";

    private static string Size(long bytes) => $"{bytes / (1024 * 1024)} MiB";
}
