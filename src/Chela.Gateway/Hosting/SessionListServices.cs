using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the list of sessions and what watches over it.</summary>
internal static class SessionListServices
{
    public static IServiceCollection AddSessionList(this IServiceCollection services) => services
        .AddSingleton(provider => new SessionMark(Path.Combine(DirectoryOf(provider), "index.mark")))
        .AddSingleton(provider => new SessionJournal(
            provider.GetRequiredService<Journals>().Open(DirectoryOf(provider), "index"),
            provider.GetRequiredService<SessionMark>()))
        .AddSingleton<SessionTable>()
        .AddSingleton<StaleRows>();

    private static string DirectoryOf(IServiceProvider provider) => provider.GetRequiredService<StatePaths>().SessionsDirectory;
}
