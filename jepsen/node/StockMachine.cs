using System.Buffers;
using System.Globalization;
using System.Text;
using Replication.StateMachines;

namespace ServiceNode;

/// <summary>Stocks of goods: a command <c>NAME AMOUNT</c> adds, or takes if so much is there. The result is what is
/// left then, or nothing if it was refused.</summary>
public sealed class StockMachine : IStateMachine
{
    private readonly SortedDictionary<string, long> _stocks = new(StringComparer.Ordinal);

    /// <summary>Gets how much there is.</summary>
    public long Of(string name) => _stocks.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
    {
        string[] words = Encoding.UTF8.GetString(command).Split(' ');
        long left = Of(words[0]) + long.Parse(words[1], CultureInfo.InvariantCulture);
        if (left < 0)
        {
            return;
        }

        _stocks[words[0]] = left;
        result.Write(Encoding.UTF8.GetBytes(left.ToString(CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public IStateMachineSnapshot CaptureSnapshot() => new Snapshot([.. _stocks]);

    /// <inheritdoc/>
    public void RestoreSnapshot(Stream source)
    {
        using BinaryReader reader = new(source);
        _stocks.Clear();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            _stocks.Add(reader.ReadString(), reader.ReadInt64());
        }
    }

    private sealed class Snapshot(KeyValuePair<string, long>[] stocks) : IStateMachineSnapshot
    {
        public void WriteTo(Stream destination)
        {
            using BinaryWriter writer = new(destination, Encoding.UTF8, leaveOpen: true);
            writer.Write(stocks.Length);
            foreach ((string name, long amount) in stocks)
            {
                writer.Write(name);
                writer.Write(amount);
            }
        }

        public void Dispose()
        {
        }
    }
}
