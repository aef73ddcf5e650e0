using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>What a platform does next to a message that it is sent.</summary>
internal enum Trouble
{
    /// <summary>It wants to be left alone for a second.</summary>
    TooMany,

    /// <summary>It fails.</summary>
    Fault,

    /// <summary>It takes the message, and answers never.</summary>
    Silence,
}

/// <summary>A text that the platform has.</summary>
internal sealed record Arrived(string Person, string Text);

/// <summary>A file that the platform has.</summary>
internal sealed record ArrivedFile(string? Person, string? Name, string? Content)
{
    /// <param name="upload">Its name, type and content, as fakes write them down.</param>
    public static ArrivedFile Of(string? person, string? upload) => new(person, upload?.Split(' ', 3)[0], upload?.Split(' ', 3)[^1]);
}

/// <summary>A platform as the conformance suite sees it: people who write, what reaches them, and what goes wrong.</summary>
internal interface IPlatform : IAsyncDisposable
{
    /// <summary>The channel.</summary>
    string Channel { get; }

    /// <summary>Somebody who is listed, and somebody who is not.</summary>
    (string Friend, string Stranger) People { get; }

    /// <summary>The account <c>default</c>, with these settings besides.</summary>
    JsonObject Account(JsonObject settings);

    /// <summary>Puts into the state directory what the channel needs there.</summary>
    void Install(string stateDirectory)
    {
    }

    /// <summary>What people have, in order.</summary>
    IReadOnlyList<Arrived> Texts { get; }

    /// <summary>The files that people have, in order.</summary>
    IReadOnlyList<ArrivedFile> Files { get; }

    /// <summary>What the chat with a person is called.</summary>
    string ChatWith(string person);

    /// <summary>Waits until the texts fulfil a condition.</summary>
    Task WhenAsync(Func<bool> holds);

    /// <summary>Somebody writes in private; what they write comes again under the same id.</summary>
    Task SayAsync(GatewayProcess gateway, string person, string text, string id);

    /// <summary>Somebody sends a text file, with words to it where the platform has such; gives what the agent hears.</summary>
    Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id);

    /// <summary>Lets the next messages fail, one for each.</summary>
    void Fail(params Trouble[] troubles);

    /// <summary>How many of these are still to come.</summary>
    int TroublesLeft { get; }

    /// <summary>From now on nothing fails.</summary>
    void Recover();
}

/// <summary>A platform with which the gateway keeps a connection. To others it has none: they post what people write, and post it again until it is taken.</summary>
internal interface IConnectedPlatform : IPlatform
{
    /// <summary>Drops the connection, without a word.</summary>
    void Drop();
}
