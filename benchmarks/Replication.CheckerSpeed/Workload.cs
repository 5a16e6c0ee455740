namespace Replication.CheckerSpeed;

/// <summary>What is measured: a history to make, and how to check it.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Operations">How many operations.</param>
/// <param name="Keys">On how many keys.</param>
/// <param name="Clients">How many clients a key.</param>
/// <param name="UnknownPercent">How many in a hundred end with an unknown outcome.</param>
/// <param name="Values">How many values a register takes; 0: every write writes another one.</param>
/// <param name="IsBroken">Whether one read near the end returns what was overwritten at the beginning.</param>
internal sealed record Workload(
    string Name,
    string Model,
    int Operations,
    int Keys,
    int Clients,
    int UnknownPercent,
    int Values,
    bool IsBroken = false)
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("1000 keys, 5 values, cas", "cas-register", 1_000_000, 1_000, 10, 0, 5),
        new("1000 keys, unique values", "register", 1_000_000, 1_000, 10, 0, 0),
        new("1000 keys, unique, 1 % unknown", "register", 1_000_000, 1_000, 10, 1, 0),
        new("hot key, 5 values, cas, 1 % unknown", "cas-register", 10_000, 1, 10, 1, 5),
        new("hot key, 5 values, 1 % unknown", "register", 10_000, 1, 10, 1, 5),
        new("hot key, unique values, 1 % unknown", "register", 10_000, 1, 10, 1, 0),
        new("hot key, unique, cas, 1 % unknown", "cas-register", 10_000, 1, 10, 1, 0),
        new("hot key, unique, 1 % unknown, stale", "register", 10_000, 1, 10, 1, 0, IsBroken: true),
        new("hot key, unique, 30 % unknown", "register", 10_000, 1, 10, 30, 0),
        new("hot key, unique, 50 clients", "register", 100_000, 1, 50, 1, 0),
        new("one key, unique, by the search", "register", 900_000, 1, 10, 0, 0),
        new("one key, unique, by zones", "register", 2_000_000, 1, 10, 0, 0),
        new("counters, 1 % unknown", "counter", 100_000, 100, 10, 1, 3),
        new("lists, 1 % unknown", "append", 100_000, 1_000, 10, 1, 0),
        new("sets, 1 % unknown", "set", 100_000, 1_000, 10, 1, 0),
    ];
}
