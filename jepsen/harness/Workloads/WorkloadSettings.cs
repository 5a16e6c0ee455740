using Replication.Kv;

namespace Harness.Workloads;

/// <summary>How a workload is spoiled, if it is; both are controls that the checkers must object to.</summary>
/// <param name="LevelName">The level of reads, one of <see cref="ReadLevels"/>.</param>
/// <param name="IsSound">Whether clients use the API as its contract asks.</param>
/// <param name="Driver">The driver of the system.</param>
internal sealed record WorkloadSettings(string LevelName, bool IsSound, string Driver)
{
    /// <summary>Gets the level of reads.</summary>
    public ReadConsistency Level => ReadLevels.Of(LevelName);

    /// <summary>Gets the registers of the system.</summary>
    public IRegisters Registers => Driver switch
    {
        "etcd" => new EtcdRegisters(LevelName != "linearizable"),
        "redis" => new RedisRegisters(),
        _ => new KvRegisters(Level),
    };
}
