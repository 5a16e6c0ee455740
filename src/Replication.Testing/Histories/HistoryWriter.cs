using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Replication.Testing.Histories;

/// <summary>Writes histories as JSON lines that <see cref="HistoryReader"/> reads back equal.</summary>
/// <remarks>Not safe for several threads at once. Fields that hold nothing are left out, but for the value.</remarks>
public sealed class HistoryWriter : IDisposable
{
    private const int FlushAtBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAtBytes);
    private readonly Utf8JsonWriter _json;

    /// <summary>Initializes a new instance of the <see cref="HistoryWriter"/> class.</summary>
    /// <param name="stream">Where to; stays open.</param>
    public HistoryWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _json = new Utf8JsonWriter(
            _buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <summary>Writes one event as a line.</summary>
    /// <param name="historyEvent">The event; its index must rise from call to call for the reader to take it.</param>
    public void Write(HistoryEvent historyEvent)
    {
        ArgumentNullException.ThrowIfNull(historyEvent);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, historyEvent.Index);
        _json.WriteString("type"u8, NameOf(historyEvent.Type));
        Write("process", historyEvent.Process);
        _json.WriteString("f"u8, historyEvent.F);
        WriteIfAny("key", historyEvent.Key);
        Write("value", historyEvent.Value);
        WriteIfAny("time", historyEvent.Time);
        WriteIfAny("node", historyEvent.Node);
        WriteIfAny("level", HistoryValue.FromText(historyEvent.Level));
        WriteIfAny("token", historyEvent.Token);
        WriteIfAny("position", historyEvent.Position);
        WriteIfAny("error", HistoryValue.FromText(historyEvent.Error));
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushAtBytes)
        {
            Flush();
        }
    }

    /// <summary>Hands what was written so far to the stream.</summary>
    public void Flush()
    {
        _stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        _stream.Flush();
    }

    /// <summary>Hands the rest to the stream; the stream stays open.</summary>
    public void Dispose()
    {
        Flush();
        _json.Dispose();
    }

    private static ReadOnlySpan<byte> NameOf(HistoryEventType type) => type switch
    {
        HistoryEventType.Invoke => "invoke"u8,
        HistoryEventType.Ok => "ok"u8,
        HistoryEventType.Fail => "fail"u8,
        _ => "info"u8,
    };

    private void WriteIfAny(string name, HistoryValue value)
    {
        if (!value.IsNull)
        {
            Write(name, value);
        }
    }

    private void WriteIfAny(string name, long? value)
    {
        if (value is long number)
        {
            _json.WriteNumber(name, number);
        }
    }

    private void Write(string name, HistoryValue value)
    {
        _json.WritePropertyName(name);
        WriteValue(value);
    }

    private void WriteValue(HistoryValue value)
    {
        switch (value.Kind)
        {
            case HistoryValueKind.Null:
                _json.WriteNullValue();
                break;
            case HistoryValueKind.Boolean:
                _json.WriteBooleanValue(value.Boolean);
                break;
            case HistoryValueKind.Number:
                _json.WriteNumberValue(value.Number);
                break;
            case HistoryValueKind.Text:
                _json.WriteStringValue(value.Text);
                break;
            default:
                _json.WriteStartArray();
                foreach (HistoryValue item in value.Items)
                {
                    WriteValue(item);
                }

                _json.WriteEndArray();
                break;
        }
    }
}
