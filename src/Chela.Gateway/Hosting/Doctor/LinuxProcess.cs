using System.Globalization;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>A program that runs on this machine, as <c>/proc</c> tells of it.</summary>
internal sealed record LinuxProcess(int Pid)
{
    private const int ListensState = 0x0A;

    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>All of them; none where there is no <c>/proc</c>.</summary>
    public static IEnumerable<LinuxProcess> All => !Directory.Exists("/proc") ? [] : Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0)
        .Select(pid => new LinuxProcess(pid));

    /// <summary>What it is called.</summary>
    public string Name => Read("comm").Trim();

    /// <summary>The words of its command line.</summary>
    public string[] Words => Read("cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True for <c>chela gateway run</c>.</summary>
    public bool IsGateway => Words is var words && Array.IndexOf(words, "gateway") is > 0 and var at && at + 1 < words.Length && words[at + 1] == "run"
        && Path.GetFileNameWithoutExtension(words[at - 1]) == "chela";

    /// <summary>True where its program was replaced or deleted after it was started.</summary>
    public bool IsOutdated => LinkOf($"/proc/{Pid}/exe")?.EndsWith(" (deleted)", StringComparison.Ordinal) == true;

    /// <summary>The names of what it holds open; none of what belongs to another user.</summary>
    public IEnumerable<string> Open
    {
        get
        {
            try
            {
                return [.. Directory.EnumerateFiles($"/proc/{Pid}/fd").Select(LinkOf).OfType<string>()];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return []; // it ended, or is somebody else's
            }
        }
    }

    /// <summary>The programs of this user that hold a file open.</summary>
    public static IReadOnlyList<LinuxProcess> WithOpen(string path) => [.. All.Where(process => process.Open.Contains(path, StringComparer.Ordinal))];

    /// <summary>The program that listens on a port; null where none does, or it is another user's.</summary>
    public static LinuxProcess? ListeningOn(int port)
    {
        var sockets = SocketTables.Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 9 && IsListening(words, port))
            .Select(words => $"socket:[{words[9]}]")
            .ToHashSet(StringComparer.Ordinal);
        return sockets.Count == 0 ? null : All.FirstOrDefault(process => process.Open.Any(sockets.Contains));
    }

    private static bool IsListening(string[] words, int port) =>
        int.TryParse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var state) && state == ListensState
        && int.TryParse(words[1].Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var at) && at == port;

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string Read(string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{Pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
