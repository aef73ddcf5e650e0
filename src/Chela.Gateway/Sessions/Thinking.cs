using Chela.Contracts.Errors;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>How hard a model is to think: what was asked for, held against what the model can.</summary>
internal static class Thinking
{
    /// <summary>The level that a word names; null where none is named.</summary>
    /// <param name="name">What the word is called where it was given, for messages.</param>
    /// <param name="word">The word; upper and lower case are the same.</param>
    /// <param name="model">The model that is to think.</param>
    /// <exception cref="RpcException">It is none, or the model cannot.</exception>
    public static string? Read(string name, string? word, SessionDefaults model)
    {
        var level = word?.Trim().ToLowerInvariant();
        var possible = LevelsOf(model);
        return string.IsNullOrEmpty(level) ? null
            : possible.Contains(level) ? level
            : throw new RpcException(
                RpcErrorKind.InvalidRequest, $"{name} \"{word}\" is not supported for {model.FullName} (use {string.Join(", ", possible)})");
    }

    /// <summary>The levels that a model has.</summary>
    public static IReadOnlyList<string> LevelsOf(SessionDefaults model) => ThinkingLevels.Of(model.Thinks);

    /// <summary>The level in force: where the model has not the one that was chosen, the nearest below.</summary>
    public static string InForce(string? chosen, SessionDefaults model) => ThinkingLevels.Nearest(chosen ?? model.ThinkingDefault, LevelsOf(model));
}
