"""Which words tell what a number is: "security code", "order", "sort code", "ending in".

A mention is a phrase of the table below. Mentions of the first group make a number a secret, those of
the second say that it is none (an order number, a price, a meter reading).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

SECRETS: dict[str, str] = {
    "CARD": """
        cart number, card number, card numbers, long number, card no, card details, card digits,
        sixteen digit, 16 digit, sixteen digits, 16 digits, fifteen digits, 15 digits, fifteen
        digit, 15 digit, number on the front, numbers on the front, digits on the front, across the
        front, primary account number, credit card number, debit card number, visa number,
        mastercard number, amex number, credit card details, cc number, your card please, like to
        pay, take the payment, take your payment, payment details, read me the card, read the card,
        card number's, credit card is, card is, creditcardnummer, kaartnummer, kartennummer,
        kreditkartennummer, numero de tarjeta, número de tarjeta, kortnummer, numéro de carte
    """,
    "CARD WORD": """
        card, credit card, debit card, bank card, payment card, visa, mastercard, master card, amex,
        american express, maestro, diners club, discover card, unionpay, cc, card's, creditcard,
        betaalkaart, bankpas, kreditkarte, ec karte, girocard, tarjeta, kredittkort, bankkort, carte
        bancaire
    """,
    "SECURITY CODE": """
        security coat, cvv coat, cvc coat, security code, security number, security digits, cvv,
        cvc, cvv2, cvc2, csc, cid number, cid, c v v, c v c, cv v, cvv number, cvv code, cvc code,
        cvc number, card verification, verification value, card security code, three digits on the
        back, 3 digits on the back, three digit code, 3 digit code, three digit number, 3 digit
        number, three digit security, 3 digit security, four digit security, 4 digit security, three
        numbers on the back, 3 numbers on the back, last three digits on the back, last 3 digits on
        the back, last three on the back, four digits on the front, 4 digits on the front, code on
        the back, number on the back, numbers on the back, digits on the back, signature strip, back
        of the card, back of your card, back of my card, beveiligingscode, kaartcode, prüfziffer,
        prüfnummer, kartenprüfnummer, sicherheitscode, código de seguridad, codigo de seguridad,
        sikkerhetskode, kontrollsifre, cryptogramme
    """,
    "PIN": """
        pen number, pen code, my pen, pen is, digit pen, your pen, pin, pin number, pin code, atm
        pin, p i n, four digit pin, 4 digit pin, personal identification number, telephone banking
        number, pincode, geheimzahl, telepin, pinkode
    """,
    "CODE": """
        verification coat, one time coat, access coat, login coat, digit coat, coat we sent, sicks
        digit code, one time code, your code, my code, reset code, password reset code, one time
        passcode, one time password, one time pin, onetime code, otp, o t p, passcode, pass code,
        verification code, confirmation code we sent, authentication code, authorisation code,
        authorization code, auth code, access code, login code, sign in code, activation code, six
        digit code, 6 digit code, four digit code, 4 digit code, five digit code, 5 digit code,
        eight digit code, 8 digit code, code we sent, code we just sent, code i sent, code i just
        sent, code i've sent, code i have sent, code we've sent, code that we sent, code that i
        sent, code you received, code you got, code you just got, code you just received, code i
        got, code i received, code from the text, code from the message, code in the text, code from
        the email, code from your phone, code from the app, text message code, sms code, the code
        is, my code is, your code is, code reads, code says, code it says, the code, a code, read me
        the code, two factor, 2fa, mfa, memorable number, customer passcode, unlock code, door code,
        alarm code, gate code, recovery code, backup code, verificatiecode, bestätigungscode, tan,
        código de verificación, engangskode, einmalcode
    """,
    "NATIONAL ID": """
        social security, social security number, ssn, s s n, my social, your social,
        social is, tax id, taxpayer id, tax identification, itin, national insurance, ni number,
        national insurance number, nino, national id, national identity, national identification,
        identity card number, identity number, id card number, id number, government id, citizen
        service number, personal number, bsn, burgerservicenummer, sofinummer, sofi nummer,
        fødselsnummer, fodselsnummer, personnummer, steuer id, steuer identifikationsnummer,
        steueridentifikationsnummer, steuer identnummer, identifikationsnummer,
        sozialversicherungsnummer, dni, nie, nif, documento, aadhaar, aadhar, adhar, uidai, pan
        card, permanent account number, passport, passport number, driver's license, drivers
        license, driver license, driver's licence, driving licence, drivers licence, driving
        license, license number, licence number, pesel, cpf, curp, rfc, codice fiscale, nhs number,
        medicare, social insurance, sin number, tfn, tax file number, nric, hkid, cpr nummer, cpr
        number, philhealth, sss number, umid, tin number, d number, dnr, rijbewijs, paspoort,
        identiteitskaart, personalausweis, ausweisnummer, reisepass, pasaporte, vat id
    """,
    "IBAN": "iban, i b a n, international bank account number",
    "ACCOUNT": """
        account number, account no, acct, acct number, a c number, a c no, bank account, bank
        account number, routing number, routing, aba, sort coat, sort code, sortcode, bank details,
        bank code, bsb, transit number, checking account, savings account, direct debit, ifsc,
        swift, bic, rekeningnummer, kontonummer, bankleitzahl, blz, cuenta bancaria, número de
        cuenta, numero de cuenta, account is
    """,
    "PHONE": """
        phone, phone number, telephone, telephone number, mobile, mobile number, cell, cell number,
        cellphone, landline, call me, call us, call him, call her, call them, call back, callback,
        callback number, ring me, ring us, text me, reach me, reach us, reach him, reach her, reach
        them, contact number, contact me, best number, number to call, number to reach, dial,
        whatsapp, fax, tel, hotline, hot line, toll free, freephone, helpline, answering at,
        messages to, calling from, my number is, my number's, at this number, on this number, sms
        to, caller, caller id, ani, msisdn, telefoonnummer, telefoon, mobiel, bel me, telefonnummer,
        telefon, handynummer, handy, rufnummer, teléfono, telefono, móvil, movil, mobilnummer,
        mobil, téléphone
    """,
    "LINE": "number is, number's",
    "PASSWORD": """
        password, pass word, passphrase, pass phrase, pwd, passwd, memorable word, secret word,
        security word, security answer, wachtwoord, passwort, kennwort, contraseña, clave, passord,
        mot de passe, senha
    """,
}
"""Kind of secret and the phrases that speak of it."""

INNOCENT: dict[str, str] = {
    "REFERENCE": """
        order, order number, order no, order id, orders, booking, reservation, reference, reference
        number, ref, ref no, case, case number, ticket, ticket number, tracking, tracking number,
        confirmation number, confirmation, invoice, invoice number, claim, claim number, policy
        number, contract number, contract, customer number, customer id, customer account number,
        member number, membership, membership number, member id, loyalty, frequent flyer, frequent
        flyer number, loyalty card, loyalty card number, serial, serial number, sku, article, item,
        item number, product code, part number, model, model number, imei, isbn, ean, barcode, upc,
        shipment, parcel, consignment, delivery number, transaction, transaction id, incident, job
        number, work order, complaint number, quote, flight, train, error, error code, promo code,
        promotion code, discount code, voucher, voucher code, coupon, coupon code, country code,
        area code, product, status code, dress code, version, claim id, contact id, interaction id,
        conversation id, call id, call reference, account id, user id, employee number, agent id,
        gift card balance, sim, sim number, sim card, sim card number, iccid, meter number, mpan,
        mprn, device id, bestelnummer, ordernummer, bestellnummer, kundennummer, klantnummer,
        factuurnummer, rechnungsnummer, pedido, número de pedido, ordrenummer, auftragsnummer,
        saksnummer, kundenummer, vorgangsnummer, sendungsnummer, file, path, url, digest, sha256,
        epoch, timestamp, message id, uuid, guid, sequence, vin
    """,
    "MONEY": """
        amount, total, price, priced, cost, costs, fee, fees, balance, charged, charge, charges,
        paid, pay, paying, refund of, refunded, worth, bill, bill of, premium, deposit, limit, sum,
        budget, salary, income, rent, earn, spent, spend, usd, eur, gbp, nok, inr, php, chf, sek,
        dkk, cad, aud, rs, discount, invoice of, credit of, points
    """,
    "MEASURE": """
        meter, meter reading, meter reads, reading, reads, mileage, odometer, room, page, step,
        gate, extension, ext, floor, unit, apartment, apt, suite, channel, chapter, section, seat,
        platform, size, weight, temperature, population, temperature of, speed, aged, age, queue,
        position, line, house number, height, width, capacity, stand, zählerstand, meterstand,
        kilometerstand, lectura, målerstand
    """,
    "EXPIRY": """
        expiry, expiry date, expiration, expiration date, exp, exp date, expires, expiring, expire,
        valid until, valid thru, valid through, valid to, good thru, vervaldatum, ablaufdatum,
        gültig bis, caducidad, utløpsdato
    """,
    "DATE": """
        january, february, march, april, may, june, july, august, september, october, november,
        december, jan, feb, mar, apr, jun, jul, aug, sept, sep, oct, nov, dec, monday, tuesday,
        wednesday, thursday, friday, saturday, sunday, year, date, dated, born, date of birth, d o
        b, dob, birthday, birth date, since, in the year, geboortedatum, geburtsdatum, fecha de
        nacimiento, fødselsdato, januar, februar, märz, mai, juni, juli, oktober, dezember, enero,
        febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre,
        diciembre, maart, mei, augustus, desember, started at, ended at
    """,
    "POSTCODE": """
        zip, zip code, zipcode, postcode, post code, postal code, plz, postleitzahl, código postal,
        postnummer, area pin code
    """,
    "LAST FOUR": """
        last four, last 4, last four digits, last 4 digits, ending in, ending with,
        eindigend op, endet auf, endend auf, terminada en, slutter på, ends in, ends
        with, ending, last digits, final four, final 4
    """,
}
"""Kind of harmless number and the phrases that speak of it."""


_JOINTS = re.compile(r"[\s\-._:/]+")


class Mention(NamedTuple):
    """A phrase that tells what a number is."""

    kind: str
    start: int
    end: int


@cache
def heads() -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    """Per first word: the pattern of what may follow it, longest first, and each phrase's kind."""
    phrases: dict[str, dict[str, str]] = {}
    for table in (SECRETS, INNOCENT):
        for kind, text in table.items():
            for phrase in text.split(","):
                words = phrase.split()
                if words:
                    # A phrase of two groups is a secret: the first group is read first.
                    phrases.setdefault(words[0], {}).setdefault(" ".join(words), kind)
    out = {}
    for head, kinds in phrases.items():
        options = sorted(kinds, key=lambda phrase: (-len(phrase), phrase))
        body = "|".join(r"[\s\-._:/]{1,3}".join(map(re.escape, option.split())) for option in options)
        out[head] = (re.compile(rf"(?:{body})(?!\w)"), kinds)
    return out


def mention_at(text: str, start: int, head: str) -> Mention | None:
    """The longest phrase of the table that begins with the word `head` at `start`."""
    entry = heads().get(head)
    if entry is None:
        return None
    pattern, kinds = entry
    match = pattern.match(text, start)
    if match is None:
        return None
    words = match.group()
    kind = kinds.get(words) or kinds[" ".join(_JOINTS.split(words))]
    return Mention(kind, start, match.end())
