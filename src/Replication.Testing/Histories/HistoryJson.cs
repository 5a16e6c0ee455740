using System.Text.Json;

namespace Replication.Testing.Histories;

/// <summary>One event or value from its JSON.</summary>
internal static class HistoryJson
{
    public static HistoryValue ParseValue(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            reader.Read();
            HistoryValue value = ReadValue(ref reader, new StringCache());
            return reader.Read() ? throw new FormatException("There is more than one value.") : value;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Reads one line; throws <see cref="JsonException"/> or <see cref="FormatException"/>.</summary>
    public static HistoryEvent ParseEvent(ReadOnlySpan<byte> json, long nextIndex, StringCache strings)
    {
        Utf8JsonReader reader = new(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("An event must be a JSON object.");
        }

        EventFields fields = new() { Index = nextIndex };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(ref reader, ref fields, strings);
        }

        // Reads to the end, so that text behind the object is an error.
        reader.Read();
        return fields.ToEvent();
    }

    private static void ReadField(ref Utf8JsonReader reader, ref EventFields fields, StringCache strings)
    {
        if (Is(ref reader, "index"u8))
        {
            fields.Index = ReadInteger(ref reader, "index");
        }
        else if (Is(ref reader, "type"u8))
        {
            fields.Type = ReadType(ref reader);
        }
        else if (Is(ref reader, "process"u8))
        {
            fields.Process = ReadValue(ref reader, strings);
        }
        else if (Is(ref reader, "f"u8))
        {
            fields.F = ReadText(ref reader, "f", strings);
        }
        else if (Is(ref reader, "key"u8))
        {
            fields.Key = ReadValue(ref reader, strings);
        }
        else if (Is(ref reader, "value"u8))
        {
            fields.Value = ReadValue(ref reader, strings);
        }
        else if (Is(ref reader, "time"u8))
        {
            fields.Time = ReadOptionalInteger(ref reader, "time");
        }
        else if (Is(ref reader, "node"u8))
        {
            fields.Node = ReadValue(ref reader, strings);
        }
        else if (Is(ref reader, "level"u8))
        {
            fields.Level = ReadText(ref reader, "level", strings);
        }
        else if (Is(ref reader, "token"u8))
        {
            fields.Token = ReadValue(ref reader, strings);
        }
        else if (Is(ref reader, "position"u8))
        {
            fields.Position = ReadOptionalInteger(ref reader, "position");
        }
        else if (Is(ref reader, "error"u8))
        {
            fields.Error = ReadError(ref reader, strings);
        }
        else
        {
            reader.Skip();
        }
    }

    /// <summary>Whether this is the name asked for; if so, steps to its value.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name) && reader.Read();

    private static HistoryEventType ReadType(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("invoke"u8))
            {
                return HistoryEventType.Invoke;
            }

            if (reader.ValueTextEquals("ok"u8))
            {
                return HistoryEventType.Ok;
            }

            if (reader.ValueTextEquals("fail"u8))
            {
                return HistoryEventType.Fail;
            }

            if (reader.ValueTextEquals("info"u8))
            {
                return HistoryEventType.Info;
            }
        }

        throw new FormatException("\"type\" must be \"invoke\", \"ok\", \"fail\" or \"info\".");
    }

    private static long? ReadOptionalInteger(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Null ? null : ReadInteger(ref reader, name);

    private static long ReadInteger(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value)
            ? value
            : throw new FormatException($"\"{name}\" must be a whole number of 64 bits.");

    private static string? ReadText(ref Utf8JsonReader reader, string name, StringCache strings) =>
        reader.TokenType switch
        {
            JsonTokenType.String => strings.Get(ref reader),
            JsonTokenType.Null => null,
            _ => throw new FormatException($"\"{name}\" must be a text."),
        };

    /// <summary>An error may be any JSON; only a text is kept, since it is only shown.</summary>
    private static string? ReadError(ref Utf8JsonReader reader, StringCache strings)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return strings.Get(ref reader);
        }

        reader.Skip();
        return null;
    }

    private static HistoryValue ReadValue(ref Utf8JsonReader reader, StringCache strings)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return HistoryValue.Null;
            case JsonTokenType.True:
            case JsonTokenType.False:
                return HistoryValue.FromBoolean(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.String:
                return HistoryValue.FromText(strings.Get(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out long number)
                    ? number
                    : throw new FormatException("Numbers must be whole and of 64 bits.");
            case JsonTokenType.StartArray:
                List<HistoryValue> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, strings));
                }

                return HistoryValue.FromList(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items));
            default:
                throw new FormatException("A value must be null, a boolean, a whole number, a text or a list.");
        }
    }

    private struct EventFields
    {
        public long Index;
        public HistoryEventType? Type;
        public HistoryValue Process;
        public string? F;
        public HistoryValue Key;
        public HistoryValue Value;
        public long? Time;
        public HistoryValue Node;
        public string? Level;
        public HistoryValue Token;
        public long? Position;
        public string? Error;

        public readonly HistoryEvent ToEvent()
        {
            if (!Process.IsNumber && !Process.IsText)
            {
                throw new FormatException("\"process\" must be a whole number or a text.");
            }

            return new HistoryEvent
            {
                Index = Index,
                Type = Type ?? throw new FormatException("\"type\" is missing."),
                Process = Process,
                F = F ?? throw new FormatException("\"f\" is missing."),
                Key = Key,
                Value = Value,
                Time = Time,
                Node = Node,
                Level = Level,
                Token = Token,
                Position = Position,
                Error = Error,
            };
        }
    }
}
