using Chela.Gateway.Hosting.Doctor;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the state directory can be written, the disk has room, and the journals are taken.</summary>
internal sealed class StorageCheck(StatePaths paths, JournalFaults faults) : IHealthCheck
{
    /// <summary>Less room is a matter for whoever runs the gateway; the doctor calls such a disk full.</summary>
    private const long LittleRoom = 100L * 1024 * 1024;

    private const long FewFiles = 1_000;

    private static readonly byte[] Block = new byte[4096];

    public string Part => "storage";

    /// <summary>Nothing is acknowledged that is not on disk.</summary>
    public bool IsVital => true;

    private string ProbeFile => Path.Combine(paths.Root, "health.tmp");

    public HealthFinding Look() =>
        WriteProblem() is { } problem ? HealthFinding.Down($"the state directory {paths.Root} cannot be written: {problem}")
        : faults.Reasons is { Count: > 0 } refused ? HealthFinding.Degraded(HealthFinding.Joined(refused))
        : OperatingSystem.IsLinux() && LinuxFacts.DiskOf(paths.Root) is { } disk ? OfRoom(disk)
        : HealthFinding.Fine;

    internal static HealthFinding OfRoom(DiskFacts disk) => disk switch
    {
        { FreeBytes: < LittleRoom } => HealthFinding.Degraded($"the disk of the state directory is nearly full: {disk.FreeBytes / (1024 * 1024)} MiB are free"),
        { Files: > 0, FreeFiles: < FewFiles } => HealthFinding.Degraded($"the disk of the state directory has room for {disk.FreeFiles} more files only"),
        _ => HealthFinding.Fine,
    };

    /// <summary>Tries it: neither free room nor permissions say for sure.</summary>
    private string? WriteProblem()
    {
        try
        {
            using (var probe = PrivateFile.CreateTemporary(ProbeFile))
            {
                RandomAccess.Write(probe, Block, 0);
            }

            File.Delete(ProbeFile);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
