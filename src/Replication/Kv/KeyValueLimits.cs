using Replication.Kv.Machine;

namespace Replication.Kv;

/// <summary>Sizes that a key-value store accepts; equal on all nodes of a group.</summary>
public sealed class KeyValueLimits
{
    /// <summary>Gets or sets the largest key.</summary>
    /// <value>In bytes. The default value is 4,096. From 1 to 65,536.</value>
    public int KeyBytesMax { get; set; } = 4096;

    /// <summary>Gets or sets the largest value.</summary>
    /// <value>In bytes. The default value is 1 MiB. From 1 to 2 MiB, so that a record stays below a page of the log and
    /// below gRPC's stock 4 MiB.</value>
    public int ValueBytesMax { get; set; } = 1 << 20;

    /// <summary>Gets or sets the largest batch, encoded.</summary>
    /// <value>In bytes. The default value is 2 MiB. From 1 KiB to 3 MiB.</value>
    public int BatchBytesMax { get; set; } = 2 << 20;

    /// <summary>Gets or sets the most operations and conditions in a batch.</summary>
    /// <value>The default value is 1,024. At least 1.</value>
    public int BatchOperationsMax { get; set; } = 1024;

    /// <summary>Throws if a limit is outside its bounds or two contradict each other.</summary>
    /// <exception cref="ArgumentException">Names the limit, its value and its bounds.</exception>
    internal void Validate()
    {
        RequireWithin(nameof(KeyBytesMax), KeyBytesMax, 1, KeyValueFormat.KeyBytesMax);
        RequireWithin(nameof(ValueBytesMax), ValueBytesMax, 1, KeyValueFormat.ValueBytesMax);
        RequireWithin(nameof(BatchBytesMax), BatchBytesMax, 1 << 10, 3 << 20);
        RequireWithin(nameof(BatchOperationsMax), BatchOperationsMax, 1, int.MaxValue);
    }

    private static void RequireWithin(string name, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"KeyValue.{name} is {value}; it must be from {min} to {max}.");
        }
    }
}
