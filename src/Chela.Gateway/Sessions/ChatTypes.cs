using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>Who speaks in a session, in OpenClaw's words.</summary>
internal static class ChatTypes
{
    public const string Direct = "direct";
    public const string Group = "group";
    public const string Channel = "channel";

    /// <summary>The word for what kind of session it is: rooms are groups here.</summary>
    public static string KindOf(SessionKey key) => Of(key) == Direct ? Direct : Group;

    /// <summary>The word for a session; a thread has that of the conversation around it.</summary>
    public static string Of(SessionKey key) => SessionKeyForm.Of(key).Kind switch
    {
        SessionKind.Group => Group,
        SessionKind.Channel => Channel,
        _ => Direct,
    };
}
