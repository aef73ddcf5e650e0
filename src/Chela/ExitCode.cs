namespace Chela;

/// <summary>What <c>chela</c> returns to the shell: BSD's <c>sysexits</c> where one fits.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The gateway answered with an error, or the run failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>Files that the gateway needs are damaged.</summary>
    public const int DataError = 65;

    /// <summary>No gateway answers, the connection broke, or the port is taken.</summary>
    public const int Unavailable = 69;

    /// <summary>A fault of this program.</summary>
    public const int Software = 70;

    /// <summary>The state directory cannot be written.</summary>
    public const int CannotCreate = 73;

    /// <summary>No answer in time; a later try may succeed.</summary>
    public const int TimedOut = 75;

    /// <summary>The gateway refused the credential.</summary>
    public const int NoPermission = 77;

    /// <summary>The configuration is wrong, or a gateway is already running here: starting again does not help.</summary>
    public const int Config = 78;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
