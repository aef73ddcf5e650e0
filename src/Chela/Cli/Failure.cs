using System.Security.Authentication;
using System.Text.Json;
using Chela.Client;

namespace Chela.Cli;

/// <summary>A failure as the person is told of it.</summary>
/// <param name="ExitCode">What the shell gets.</param>
/// <param name="Message">One line, or two where a remedy is known.</param>
/// <param name="Code">The gateway's error code, if it was the gateway that refused.</param>
internal sealed record Failure(int ExitCode, string Message, string? Code = null)
{
    /// <summary>Null for an exception that is a fault of this program.</summary>
    public static Failure? Of(Exception exception, GatewayTarget? target, bool connected) => exception switch
    {
        UsageException e => new Failure(Chela.ExitCode.Usage, e.Message),
        GatewayUnreachableException e when e.GetBaseException() is AuthenticationException =>
            new Failure(Chela.ExitCode.Unavailable, $"{target?.DisplayUrl}: {e.Message}"),
        GatewayUnreachableException e => new Failure(
            Chela.ExitCode.Unavailable,
            $"No gateway answers at {target?.DisplayUrl}; start one with: chela gateway run\n({e.Message})"),
        GatewayCallException { Method: "connect" } e => Refused(e, target),
        GatewayCallException e => new Failure(Chela.ExitCode.Failed, $"{e.Code}: {e.Message}", e.Code),
        GatewayClosedException { CloseCode: 1008 } e when !connected =>
            new Failure(Chela.ExitCode.NoPermission, $"{target?.DisplayUrl}: {e.Message}"),
        GatewayClosedException e => new Failure(Chela.ExitCode.Unavailable, $"{target?.DisplayUrl}: {e.Message}"),
        TimeoutException e => new Failure(Chela.ExitCode.TimedOut, e.Message),
        JsonException => new Failure(Chela.ExitCode.Failed, "The gateway's answer has a form that this program does not know."),
        _ => null,
    };

    public int Tell(Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(new FailureReport(Message, Code), CliJson.Default.FailureReport, indented: false);
        }
        else
        {
            terminal.Say(Message);
        }

        return ExitCode;
    }

    private static Failure Refused(GatewayCallException e, GatewayTarget? target)
    {
        if (e.Code == "UNAVAILABLE")
        {
            return new Failure(Chela.ExitCode.Unavailable, e.Message, e.Code);
        }

        if (e.DetailCode == "PROTOCOL_MISMATCH")
        {
            return new Failure(Chela.ExitCode.Failed, $"{e.Message}: the gateway speaks another version than this program", e.Code);
        }

        var where = $"The token is looked for in --token, CHELA_TOKEN and, for loopback addresses, {target?.TokenFile}; "
            + (target?.Token is null ? "none was found." : $"the one used came from {target.TokenSource}.");
        return new Failure(Chela.ExitCode.NoPermission, $"{e.Message}\n{where}", e.DetailCode ?? e.Code);
    }
}
