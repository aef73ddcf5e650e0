using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Tools.Exec;

/// <summary>
/// Wraps a command so that bubblewrap runs it: with the programs and libraries of the system to read, the workspace to write, and nothing else of
/// the machine to see; with processes of its own, which all end with it.
/// </summary>
/// <param name="bubblewrap">Where bubblewrap is; null where it is not, or cannot make its name spaces.</param>
internal sealed class Sandbox(Func<CancellationToken, Task<string?>> bubblewrap)
{
    private static readonly string[] System =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store",
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts",
        "/etc/resolv.conf", "/etc/ssl/certs", "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust", "/etc/localtime", "/etc/mime.types", "/etc/dotnet",
    ];

    /// <summary>The sandbox of this machine. Whether it works is tried out once, when it is first needed.</summary>
    public static Sandbox OfMachine(TimeProvider time)
    {
        var path = new Lazy<Task<string?>>(() => FindAsync(time));
        return new Sandbox(ct => path.Value.WaitAsync(ct));
    }

    /// <summary>What to run in the place of a command.</summary>
    public async Task<IReadOnlyList<string>> WrapAsync(IReadOnlyList<string> command, string workspace, ExecToolConfig settings, CancellationToken ct)
    {
        var mode = settings.Sandbox;
        if (mode != ExecToolConfig.Off && await bubblewrap(ct) is { } path)
        {
            return [path, .. Options(command[0], workspace, settings.Network), "--", .. command];
        }

        return mode == ExecToolConfig.Required
            ? throw new ToolRefusal("Programs are run in a sandbox only (tools.exec.sandbox), and bubblewrap is not installed here or not permitted.")
            : [.. AllowedPrograms.InSystem("setsid") is { } setsid ? [setsid] : Array.Empty<string>(), .. command];
    }

    internal static IReadOnlyList<string> Options(string program, string workspace, bool network) =>
    [
        "--unshare-all",
        .. network ? ["--share-net"] : Array.Empty<string>(),
        "--die-with-parent",
        "--new-session",
        "--cap-drop", "ALL",
        .. System.SelectMany(path => new[] { "--ro-bind-try", path, path }),
        "--proc", "/proc",
        "--dev", "/dev",
        "--tmpfs", "/tmp",
        "--ro-bind", program, program,
        "--bind", workspace, workspace,
        "--chdir", workspace,
    ];

    private static async Task<string?> FindAsync(TimeProvider time)
    {
        if (AllowedPrograms.InSystem("bwrap") is not { } path || AllowedPrograms.InSystem("true") is not { } nothing)
        {
            return null;
        }

        var trial = await ProgramRun.RunAsync([path, .. Options(nothing, "/tmp", network: false), "--", nothing], "/", TimeSpan.FromSeconds(10), time, CancellationToken.None);
        return trial.ExitCode == 0 ? path : null;
    }
}
