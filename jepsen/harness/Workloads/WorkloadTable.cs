namespace Harness.Workloads;

/// <summary>The workloads by name.</summary>
internal static class WorkloadTable
{
    private static readonly SortedDictionary<string, Entry> Entries = new(StringComparer.Ordinal)
    {
        ["bank"] = new(settings => new BankWorkload(settings.Level, settings.IsSound), HasLevels: true,
            HasCareless: true),
        ["counter"] = new(settings => new CounterWorkload(settings.IsSound), HasLevels: false, HasCareless: true),
        ["list-append"] = new(settings => new ListAppendWorkload(settings.Level), HasLevels: true, HasCareless: false),
        ["log"] = new(settings => new LogWorkload(settings), HasLevels: true, HasCareless: true),
        ["register"] = new(settings => new RegisterWorkload(settings.Registers), HasLevels: true, HasCareless: false),
        ["set"] = new(settings => new SetWorkload(settings.Level), HasLevels: true, HasCareless: false),
        ["state-machine"] = new(settings => new StockWorkload(settings), HasLevels: true, HasCareless: false),
    };

    /// <summary>Gets all names.</summary>
    public static IReadOnlyCollection<string> Names => Entries.Keys;

    /// <summary>Gets whether a workload has reads whose level can be chosen.</summary>
    public static bool HasLevels(string name) => Entries[name].HasLevels;

    /// <summary>Gets whether a workload has clients that break the contract.</summary>
    public static bool HasCareless(string name) => Entries[name].HasCareless;

    /// <summary>Makes a workload.</summary>
    /// <param name="name">Its name, one of <see cref="Names"/>.</param>
    /// <param name="settings">How it is spoiled.</param>
    public static IWorkload Make(string name, WorkloadSettings settings) => Entries[name].Make(settings);

    private sealed record Entry(Func<WorkloadSettings, IWorkload> Make, bool HasLevels, bool HasCareless);
}
