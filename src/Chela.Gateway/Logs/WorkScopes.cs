using System.Runtime.CompilerServices;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Logs;

/// <summary>Reads from the scopes of the log what the work under way is about.</summary>
internal static class WorkScopes
{
    /// <summary>What the scopes say together; the inner one knows better. Null where there are none.</summary>
    public static WorkFacts? Current(IExternalScopeProvider scopes)
    {
        var found = new StrongBox<WorkFacts?>();
        scopes.ForEachScope(
            static (scope, box) => box.Value = scope is IWorkScope work ? work.Facts.Within(box.Value) : box.Value, found);
        return found.Value;
    }
}
