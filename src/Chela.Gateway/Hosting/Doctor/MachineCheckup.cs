using System.Globalization;
using System.Net.Sockets;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>The clock, ports, other gateways, and how many files a process may open.</summary>
internal static class MachineCheckup
{
    private const int FewFiles = 4_096;
    private const int FilesBesideSockets = 256;

    private static readonly DoctorCheck Clock = new("clock.plausible", "whether the clock can be right: not before this program was made, nor long after, nor before files of the gateway");
    private static readonly DoctorCheck Port = new("port.free", "whether each port is free, or held by this gateway; else by whom");
    private static readonly DoctorCheck Instance = new("instance.lock", "whether a gateway holds the state directory, and whether an ended one left its note");
    private static readonly DoctorCheck Program = new("instance.program", "whether a running gateway is of a program that was replaced since");
    private static readonly DoctorCheck Others = new("instance.others", "whether other gateways run on this machine");
    private static readonly DoctorCheck OpenFiles = new("limits.files", "how many files and sockets a process may open");

    public static IReadOnlyList<DoctorCheck> Checks => [Clock, Port, Instance, Program, Others, OpenFiles];

    public static IEnumerable<DoctorFinding> Run(Patient patient) =>
    [
        ClockOf(patient),
        .. PortsOf(patient),
        .. InstancesOf(patient),
        .. OpenFilesOf("/proc/self/limits", patient.Config.Gateway.Limits.MaxConnections),
    ];

    private static DoctorFinding ClockOf(Patient patient)
    {
        var (now, made) = (patient.Time.GetUtcNow(), new DateTimeOffset(File.GetLastWriteTimeUtc(Environment.ProcessPath!)));
        if (now < made.AddDays(-1) || now > made.AddYears(20))
        {
            return Clock.Error($"the clock says {now:u}, and this program was made at {made:u}", "set the clock: timedatectl set-ntp true");
        }

        string[] files = [patient.Setup.ConfigFile, patient.Paths.TokenFile, patient.Paths.LockFile, patient.Paths.LogFile, patient.Paths.DevicesFile];
        var ahead = files.Where(File.Exists).FirstOrDefault(file => File.GetLastWriteTimeUtc(file) > now.UtcDateTime.AddHours(1));
        return ahead is null
            ? Clock.Ok($"the clock says {now:u}")
            : Clock.Warning($"the clock says {now:u}, and {ahead} was written later: one of them is wrong", "set the clock: timedatectl set-ntp true");
    }

    private static IEnumerable<DoctorFinding> PortsOf(Patient patient)
    {
        try
        {
            return [.. new Listeners(patient.Config.Gateway, ListenAddress.Local).All.Where(listener => listener.EndPoint.Port > 0).Select(listener => PortOf(listener, patient))];
        }
        catch (StartException refused)
        {
            return [Port.Error(refused.Message, "gateway.bind")];
        }
    }

    private static DoctorFinding PortOf(Listener listener, Patient patient)
    {
        var (at, remedy) = (listener.EndPoint, $"{(listener.Key == "gateway.port" ? "gateway.port" : $"{listener.Key}.port")}");
        try
        {
            using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
            return Port.Ok($"{at} is free");
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return LinuxProcess.ListeningOn(at.Port) is not { } holder ? Port.Error($"{at} is held by another program, which is not this user's", remedy)
                : holder.Pid == patient.Running ? Port.Ok($"{at} is held by this gateway, process {holder.Pid}")
                : Port.Error($"{at} is held by {(holder.IsGateway ? "another gateway" : $"the program {holder.Name}")}, process {holder.Pid}", $"kill {holder.Pid}, or another {remedy}");
        }
        catch (SocketException refused)
        {
            return Port.Error($"{at} cannot be listened on: {refused.Message}", remedy);
        }
    }

    private static IEnumerable<DoctorFinding> InstancesOf(Patient patient)
    {
        var note = File.Exists(patient.Paths.LockFile) ? InstanceLock.ReadHolder(patient.Paths.LockFile) : null;
        yield return (patient.Running, note) switch
        {
            ({ } pid, _) => Instance.Ok($"process {pid} runs{(note?.Url is { } url ? $" and listens on {url}" : "")}"),
            (null, { } left) => Instance.Note($"no gateway runs; process {left.Pid} left its note when it was killed, which means nothing", "chela gateway run"),
            _ => Instance.Note("no gateway runs", "chela gateway run"),
        };
        LinuxProcess[] gateways = [.. LinuxProcess.All.Where(process => process.IsGateway)];
        if (gateways.FirstOrDefault(process => process.Pid == patient.Running) is { } running)
        {
            yield return running.IsOutdated
                ? Program.Warning($"process {running.Pid} runs a program that was replaced since", "chela gateway stop, then start it again")
                : Program.Ok("the running gateway is of the program that is installed");
        }

        int[] others = [.. gateways.Select(process => process.Pid).Where(pid => pid != patient.Running)];
        yield return others.Length == 0
            ? Others.Ok("no other gateway runs")
            : Others.Note($"other gateways run on this machine: process {string.Join(", ", others)}", $"ps -fp {string.Join(',', others)}");
    }

    internal static IEnumerable<DoctorFinding> OpenFilesOf(string limits, int connections)
    {
        if (!File.Exists(limits))
        {
            yield break;
        }

        // .NET raises the limit of a process as far as it may; what it says is what a gateway would have.
        var words = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [_, _, _, var soft, ..] || !int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
        {
            yield break;
        }

        const string remedy = "ulimit -n 65536; for a service LimitNOFILE=65536";
        yield return most < connections + FilesBesideSockets ? OpenFiles.Error($"a process may open {most} files, and gateway.limits.maxConnections is {connections}", remedy)
            : most < FewFiles ? OpenFiles.Warning($"a process may open {most} files only", remedy)
            : OpenFiles.Ok($"a process may open {most} files");
    }
}
