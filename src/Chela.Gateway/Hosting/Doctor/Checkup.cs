using Chela.Gateway.Config;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Hosting.Security;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>Looks for what keeps a gateway from working, whether one runs or not. Makes and changes nothing, and takes no lock.</summary>
/// <param name="paths">Where everything is.</param>
/// <param name="file">The configuration file; null for that of the state directory.</param>
/// <param name="environment">Counts as it does in a gateway.</param>
/// <param name="time">The clock.</param>
public sealed class Checkup(StatePaths paths, string? file, IReadOnlyDictionary<string, string> environment, TimeProvider time)
{
    private static readonly DoctorCheck Made = new("doctor.check", "whether every check could be made");

    /// <summary>Everything that is looked at, in the order of the findings.</summary>
    public static IReadOnlyList<DoctorCheck> Checks =>
    [
        .. ConfigCheckup.Checks, .. FileCheckup.Checks, .. MachineCheckup.Checks, .. StartCheckup.Checks, .. JournalCheckup.Checks, .. CredentialCheckup.Checks, .. ModelCheckup.Checks,
        .. ToolCheckup.Checks, Made,
    ];

    /// <summary>The process of the gateway that runs on the state directory; null where none does, or it is not this user's.</summary>
    public int? Running => LinuxProcess.WithOpen(paths.LockFile).FirstOrDefault(process => process.IsGateway)?.Pid;

    /// <summary>What was found.</summary>
    /// <param name="isDeep">Whether journals are read whole and providers are asked.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(bool isDeep, CancellationToken ct)
    {
        var patient = new Patient(await new SecurityAudit(paths, file, environment, time).ReadAsync(ct), time, isDeep)
        {
            Desk = await DeskAsync(ct),
            Running = Running,
        };
        return
        [
            .. await Try("the configuration", () => ConfigCheckup.RunAsync(patient, ct)),
            .. await Try("files", () => Now(FileCheckup.Run(patient))),
            .. await Try("the machine", () => Now(MachineCheckup.Run(patient))),
            .. await Try("the record of starts", () => StartCheckup.RunAsync(patient, ct)),
            .. await Try("journals", () => JournalCheckup.RunAsync(patient, ct)),
            .. await Try("credentials", () => CredentialCheckup.RunAsync(patient, ct)),
            .. await Try("models", () => ModelCheckup.RunAsync(patient, ct)),
            .. await Try("tools", () => Now(ToolCheckup.Run(patient))),
        ];
    }

    private static Task<IReadOnlyList<DoctorFinding>> Now(IEnumerable<DoctorFinding> findings) => Task.FromResult<IReadOnlyList<DoctorFinding>>([.. findings]);

    /// <summary>A folder that may not be read must not hide what else is wrong.</summary>
    private static async Task<IReadOnlyList<DoctorFinding>> Try(string what, Func<Task<IReadOnlyList<DoctorFinding>>> look)
    {
        try
        {
            return await look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ConfigException or ConfigRefusedException)
        {
            return [Made.Error($"{what} could not be looked at: {e.Message}", "run this as the user of the gateway")];
        }
    }

    private async Task<ConfigDesk?> DeskAsync(CancellationToken ct)
    {
        try
        {
            return await ConfigDesk.OpenAsync(paths, file, environment, ct);
        }
        catch (ConfigRefusedException)
        {
            return null; // the setup says why
        }
    }
}
